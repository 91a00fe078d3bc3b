{
  object(apiVersion, kind, name):: { apiVersion: apiVersion, kind: kind, metadata: { name: name, labels: { app: name } } },
  deployment(name, replicas, image):: self.object('apps/v1', 'Deployment', name) + {
    spec: {
      replicas: replicas,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [{ name: name, image: image, resources: { limits: std.extVar('limits') } }] },
      },
    },
  },
}
