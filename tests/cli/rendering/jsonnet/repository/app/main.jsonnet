local kube = import 'kube/kube.libsonnet';
local ports = import 'ports.libsonnet';
function(name='web', replicas=1) [
  kube.deployment(name, replicas, 'web:%s' % std.extVar('env')),
  kube.object('v1', 'Service', name) + {
    spec: { ports: [{ name: port, port: ports[port] } for port in std.objectFields(ports)], selector: { app: name } },
  },
  kube.object('v1', 'ConfigMap', name + '-notes') + { data: { motd: importstr 'motd.txt' } },
]
