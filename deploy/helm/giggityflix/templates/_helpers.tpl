{{- define "giggityflix.name" -}}
{{- if contains "giggityflix" .Release.Name }}{{ .Release.Name }}{{ else }}{{ .Release.Name }}-giggityflix{{ end -}}
{{- end -}}

{{- define "giggityflix.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}

{{/* Called with root and name. */}}
{{- define "giggityflix.selector" -}}
app.kubernetes.io/name: giggityflix
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .name }}
{{- end -}}

{{- define "giggityflix.labels" -}}
{{ include "giggityflix.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ .root.Chart.Name }}-{{ .root.Chart.Version }}
{{- end -}}

{{- define "giggityflix.podSecurity" -}}
runAsNonRoot: true
runAsUser: 1000
runAsGroup: 1000
fsGroup: 1000
seccompProfile: { type: RuntimeDefault }
{{- end -}}

{{- define "giggityflix.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end -}}

{{/* The pod of a service. Called with root, name, service (of _services.tpl) and settings (of the values). */}}
{{- define "giggityflix.pod" -}}
{{- $v := .root.Values -}}
{{- $secrets := merge (dict) (get $v.secrets.extra .name | default dict) .service.secrets -}}
{{- $isEdge := eq .name "edge" -}}
metadata:
  labels: {{- include "giggityflix.labels" . | nindent 4 }}
spec:
  serviceAccountName: {{ include "giggityflix.name" .root }}
  automountServiceAccountToken: false
  enableServiceLinks: false
  securityContext: {{- include "giggityflix.podSecurity" . | nindent 4 }}
  {{- with $v.image.pullSecrets }}
  imagePullSecrets: {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- /* A process stops within 10 s of SIGTERM, an edge within its drain and 8 s. */}}
  terminationGracePeriodSeconds: {{ add (int $v.preStopSeconds) (ternary (add (int $v.services.edge.drainSeconds) 8) 10 $isEdge) 5 }}
  affinity:
    podAntiAffinity:
      {{- if eq $v.antiAffinity "required" }}
      requiredDuringSchedulingIgnoredDuringExecution:
        - topologyKey: kubernetes.io/hostname
          labelSelector:
            matchLabels: {{- include "giggityflix.selector" . | nindent 14 }}
      {{- else }}
      preferredDuringSchedulingIgnoredDuringExecution:
        - weight: 100
          podAffinityTerm:
            topologyKey: kubernetes.io/hostname
            labelSelector:
              matchLabels: {{- include "giggityflix.selector" . | nindent 16 }}
      {{- end }}
  topologySpreadConstraints:
    - maxSkew: 1
      topologyKey: topology.kubernetes.io/zone
      whenUnsatisfiable: ScheduleAnyway
      labelSelector:
        matchLabels: {{- include "giggityflix.selector" . | nindent 10 }}
  containers:
    - name: {{ .name }}
      image: {{ include "giggityflix.image" .root }}
      imagePullPolicy: {{ $v.image.pullPolicy }}
      args: [{{ .service.command }}]
      securityContext: {{- include "giggityflix.containerSecurity" . | nindent 8 }}
      env:
        {{- if $isEdge }}
        - name: EDGE_ID
          valueFrom: { fieldRef: { fieldPath: metadata.name } }
        {{- end }}
        {{- $common := fromYaml (include "giggityflix.commonEnv" .) }}
        {{- range $name, $value := merge (dict) .settings.env .service.env $common }}
        - name: {{ $name }}
          value: {{ $value | quote }}
        {{- end }}
        {{- range $name, $entry := $secrets }}
        - name: {{ $name }}_FILE
          value: /run/secrets/giggityflix/{{ $entry }}
        {{- end }}
      ports:
        - { name: http, containerPort: {{ .service.port }}, protocol: TCP }
        {{- with .service.public }}
        - { name: {{ .name }}, containerPort: {{ .port }}, protocol: {{ .protocol }} }
        {{- end }}
      # A start may take 120 s: until then nothing else is asked.
      startupProbe:
        httpGet: { path: /health, port: http }
        periodSeconds: 5
        failureThreshold: 26
      livenessProbe:
        httpGet: { path: /health, port: http }
        periodSeconds: 10
        timeoutSeconds: 3
        failureThreshold: 3
      readinessProbe:
        httpGet: { path: /ready, port: http }
        periodSeconds: 5
        timeoutSeconds: 3
        failureThreshold: 2
      lifecycle:
        preStop: { sleep: { seconds: {{ $v.preStopSeconds }} } }
      resources: {{- toYaml .settings.resources | nindent 8 }}
      volumeMounts:
        - { name: tmp, mountPath: /tmp }
        - { name: secrets, mountPath: /run/secrets/giggityflix, readOnly: true }
        {{- if $isEdge }}
        - { name: certs, mountPath: /certs, readOnly: true }
        {{- end }}
  volumes:
    - name: tmp
      emptyDir: { sizeLimit: 64Mi }
    - name: secrets
      secret:
        secretName: {{ $v.secrets.existingSecret }}
        defaultMode: 0440
        items:
          {{- range $entry := values $secrets | uniq | sortAlpha }}
          - { key: {{ $entry }}, path: {{ $entry }} }
          {{- end }}
    {{- if $isEdge }}
    - name: certs
      secret: { secretName: {{ $v.services.edge.tlsSecret }}, defaultMode: 0440 }
    {{- end }}
{{- end -}}
