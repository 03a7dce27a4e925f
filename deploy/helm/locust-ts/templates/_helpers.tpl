{{- define "locust-ts.name" -}}
{{- if contains .Chart.Name .Release.Name }}{{ .Release.Name | trunc 50 | trimSuffix "-" }}{{ else }}{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 50 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- define "locust-ts.labels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "locust-ts.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "locust-ts.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}

{{- define "locust-ts.tokenSecret" -}}
{{ .Values.token.existingSecret | default (printf "%s-token" (include "locust-ts.name" .)) }}
{{- end }}

{{- define "locust-ts.tokenEnv" -}}
- name: LOCUST_MASTER_TOKEN
  valueFrom:
    secretKeyRef:
      name: {{ include "locust-ts.tokenSecret" . }}
      key: {{ .Values.token.key }}
{{- end }}

{{- define "locust-ts.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
fsGroupChangePolicy: OnRootMismatch
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{- define "locust-ts.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop:
    - ALL
{{- end }}

{{- define "locust-ts.placement" -}}
{{- with .nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* The pod of the master, the same in a Deployment and in a Job. */}}
{{- define "locust-ts.masterPod" -}}
metadata:
  labels:
    {{- include "locust-ts.selector" . | nindent 4 }}
    app.kubernetes.io/component: master
  annotations:
    checksum/locustfile: {{ toJson .Values.locustfile | sha256sum }}
spec:
  automountServiceAccountToken: false
  enableServiceLinks: false
  securityContext:
    {{- include "locust-ts.podSecurity" . | nindent 4 }}
  {{- with .Values.imagePullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  terminationGracePeriodSeconds: 90
  restartPolicy: {{ ternary "Never" "Always" (eq .Values.mode "headless") }}
  containers:
    - name: master
      image: {{ include "locust-ts.image" . }}
      imagePullPolicy: {{ .Values.image.pullPolicy }}
      args:
        - -f
        - /mnt/locust/{{ .Values.locustfile.name }}
        - --master
        {{- if eq .Values.mode "headless" }}
        - --headless
        - --expect-workers
        - {{ .Values.worker.replicas | quote }}
        - --journal
        - /data/run-{{ .Release.Revision }}.ndjson
        - --auto-resume
        {{- end }}
        - --users
        - {{ .Values.load.users | quote }}
        - --spawn-rate
        - {{ .Values.load.spawnRate | quote }}
        {{- with .Values.load.runTime }}
        - --run-time
        - {{ . | quote }}
        {{- end }}
        {{- with .Values.host }}
        - --host
        - {{ . | quote }}
        {{- end }}
        {{- with .Values.master.args }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      env:
        {{- include "locust-ts.tokenEnv" . | nindent 8 }}
        {{- if .Values.tls.existingSecret }}
        - name: LOCUST_MASTER_TLS_CERT
          value: /etc/locust-ts/tls/tls.crt
        - name: LOCUST_MASTER_TLS_KEY
          value: /etc/locust-ts/tls/tls.key
        {{- end }}
        {{- with .Values.web.passwordSecret }}
        - name: LOCUST_WEB_PASSWORD
          valueFrom:
            secretKeyRef:
              name: {{ . }}
              key: {{ $.Values.web.passwordKey }}
        {{- end }}
        {{- with .Values.master.env }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      ports:
        - name: workers
          containerPort: 5557
        {{- if ne .Values.mode "headless" }}
        - name: web
          containerPort: 8089
        {{- end }}
      {{- if ne .Values.mode "headless" }}
      readinessProbe:
        httpGet:
          path: /healthz
          port: web
        periodSeconds: 5
      livenessProbe:
        httpGet:
          path: /healthz
          port: web
        initialDelaySeconds: 10
        periodSeconds: 10
        timeoutSeconds: 5
        failureThreshold: 6
      {{- end }}
      securityContext:
        {{- include "locust-ts.containerSecurity" . | nindent 8 }}
      resources:
        {{- toYaml .Values.master.resources | nindent 8 }}
      volumeMounts:
        - name: locustfile
          mountPath: /mnt/locust
          readOnly: true
        - name: data
          mountPath: /data
        - name: tmp
          mountPath: /tmp
        {{- if .Values.tls.existingSecret }}
        - name: tls
          mountPath: /etc/locust-ts/tls
          readOnly: true
        {{- end }}
  volumes:
    - name: locustfile
      configMap:
        name: {{ .Values.locustfile.existingConfigMap | default (printf "%s-locustfile" (include "locust-ts.name" .)) }}
    - name: data
      {{- if .Values.master.persistence.enabled }}
      persistentVolumeClaim:
        claimName: {{ include "locust-ts.name" . }}-data
      {{- else }}
      emptyDir: {}
      {{- end }}
    - name: tmp
      emptyDir: {}
    {{- with .Values.tls.existingSecret }}
    - name: tls
      secret:
        secretName: {{ . }}
        defaultMode: 0440
    {{- end }}
  {{- include "locust-ts.placement" .Values.master | nindent 2 }}
{{- end }}
