"""What is rendered: a small chart, one of sixty templates, a small kustomization. Written for this, like nobody's."""

from collections.abc import Mapping

_DEPLOYMENT = """apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "web.name" . }}%(suffix)s
  labels: {app: {{ .Release.Name | quote }}, tier: {{ .Values.tier | default "front" | quote }}}
spec:
  replicas: {{ .Values.replicas }}
  selector: {matchLabels: {app: {{ .Release.Name | quote }}}}
  template:
    metadata: {labels: {app: {{ .Release.Name | quote }}}}
    spec:
      containers:
      - name: web
        image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"
        ports: [{name: http, containerPort: {{ .Values.port }}}]
        {{- with .Values.resources }}
        resources: {{- toYaml . | nindent 10 }}
        {{- end }}
        env:
        {{- range $name, $value := .Values.env }}
        - {name: {{ $name }}, value: {{ $value | quote }}}
        {{- end }}
"""
_SERVICE = """apiVersion: v1
kind: Service
metadata: {name: {{ include "web.name" . }}%(suffix)s}
spec:
  type: {{ .Values.service.type }}
  selector: {app: {{ .Release.Name | quote }}}
  ports: [{port: {{ .Values.service.port }}, targetPort: http}]
"""
_HELPERS = (
    '{{- define "web.name" -}}{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 53 | trimSuffix "-" }}{{- end -}}'
)
_VALUES = """replicas: 2
port: 8080
image: {repository: example.org/web, tag: "1.0"}
service: {type: ClusterIP, port: 80}
resources: {limits: {cpu: 100m, memory: 128Mi}, requests: {cpu: 10m, memory: 64Mi}}
env: {LEVEL: info, REGION: north, MODE: fast}
"""
_METADATA = "apiVersion: v2\nname: web\nversion: 1.0.0\n"


def small(folder: str) -> Mapping[str, str]:
    """Return a chart with a Deployment, a Service and notes."""
    return {f"{folder}/{name}": text for name, text in _chart(1).items()}


def large(folder: str) -> Mapping[str, str]:
    """Return a chart with sixty templates."""
    return {f"{folder}/{name}": text for name, text in _chart(30).items()}


def kustomization(folder: str) -> Mapping[str, str]:
    """Return a kustomization with a Deployment and a Service, a prefix and a label."""
    return {
        f"{folder}/kustomization.yaml": "namePrefix: kustom-\nresources: [deployment.yaml, service.yaml]\n",
        f"{folder}/deployment.yaml": (
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: 1\n"
            "  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n"
            "    spec: {containers: [{name: web, image: 'example.org/web:1.0', ports: [{containerPort: 80}]}]}\n"
        ),
        f"{folder}/service.yaml": (
            "apiVersion: v1\nkind: Service\nmetadata: {name: web}\n"
            "spec:\n  ports: [{port: 80}]\n  selector: {app: web}\n"
        ),
    }


def plain(folder: str, files: int, text: str) -> Mapping[str, str]:
    """Return a folder of ConfigMaps."""
    return {
        f"{folder}/{number}.yaml": (
            f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {folder.rpartition('/')[2]}-{number}}}\n"
            f"data: {{text: '{text}'}}\n"
        )
        for number in range(files)
    }


def _chart(pairs: int) -> dict[str, str]:
    files = {
        "Chart.yaml": _METADATA,
        "values.yaml": _VALUES,
        "templates/_helpers.tpl": _HELPERS,
        "templates/NOTES.txt": "{{ .Release.Name }} listens on {{ .Values.service.port }}.\n",
    }
    for number in range(pairs):
        suffix = {"suffix": f"-{number}" if pairs > 1 else ""}
        files[f"templates/deployment{number}.yaml"] = _DEPLOYMENT % suffix
        files[f"templates/service{number}.yaml"] = _SERVICE % suffix
    return files
