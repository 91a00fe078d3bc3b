{{- define "parts.labels" -}}
app: {{ .Chart.Name }}
{{ toYaml .Values.labels }}
{{- end -}}
