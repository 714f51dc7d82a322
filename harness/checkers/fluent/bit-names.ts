const words = (text: string): readonly string[] => text.trim().split(/\s+/);

/** Sections of the classic form. */
export const SECTIONS = words('SERVICE INPUT FILTER OUTPUT PARSER MULTILINE_PARSER CUSTOM PLUGINS UPSTREAM NODE STREAM_TASK');
/** Plugins of Fluent Bit's manual. A name that is nearly one of them is a mistake; any other may be newer, or somebody's own. */
export const PLUGINS: Readonly<Record<string, readonly string[]>> = {
  INPUT: words(`tail cpu mem disk dummy exec exec_wasi forward head health http kmsg mqtt netif node_exporter_metrics opentelemetry prometheus_scrape prometheus_remote_write proc
    random serial statsd stdin syslog systemd tcp udp thermal fluentbit_metrics fluentbit_logs kafka kubernetes_events docker docker_events collectd elasticsearch splunk nginx_metrics
    podman_metrics process_exporter_metrics windows_exporter_metrics winlog winevtlog winstat ebpf blob gpu_metrics event_type unix_socket etw`),
  FILTER: words('aws checklist ecs expect geoip2 grep kubernetes log_to_metrics lua modify multiline nest nightfall parser record_modifier rewrite_tag stdout sysinfo tensorflow throttle throttle_size type_converter wasm alter_size'),
  OUTPUT: words(`azure azure_blob azure_kusto azure_logs_ingestion bigquery chronicle cloudwatch_logs counter datadog es exit file firehose flowcounter forward gelf http influxdb kafka
    kafka-rest kinesis_firehose kinesis_streams logdna loki nats nrlogs null opensearch opentelemetry oracle_log_analytics pgsql plot prometheus_exporter prometheus_remote_write
    s3 skywalking slack splunk stackdriver stdout syslog tcp td udp vivo_exporter websocket zig_demo retry lib logrotate zipkin`),
};
const COMMON: Readonly<Record<string, readonly string[]>> = {
  INPUT: words('name tag alias log_level mem_buf_limit routable threaded host port listen processors log_suppress_interval interval_sec interval_nsec'),
  FILTER: words('name match match_regex alias log_level log_suppress_interval'),
  OUTPUT: words('name match match_regex alias log_level log_suppress_interval host port retry_limit workers processors no_multiplex tls'),
};
const OWN: Readonly<Record<string, readonly string[]>> = {
  SERVICE: words(`flush daemon log_level log_file parsers_file plugins_file streams_file http_server http_listen http_port health_check hc_errors_count hc_retry_failure_count hc_period
    hc_throughput grace coro_stack_size hot_reload multiline_buffer_limit enable_chunk_trace dns_mode windows.maxstdio`),
  PARSER: words('name format regex time_key time_format time_keep time_offset time_strict time_system_timezone types decode_field decode_field_as skip_empty_values logfmt_no_bare_keys'),
  'INPUT tail': words(`path path_key exclude_path offset_key read_from_head refresh_interval rotate_wait ignore_older ignore_active_older_files skip_long_lines skip_empty_lines db exit_on_eof parser key
    inotify_watcher tag_regex static_batch_size event_batch_size file_cache_advise buffer_chunk_size buffer_max_size multiline multiline_flush parser_firstline docker_mode docker_mode_flush
    docker_mode_parser truncate_long_lines keep_file_handle watcher_interval progress_check_interval`),
  'FILTER kubernetes': words(`buffer_size kube_url kube_ca_file kube_ca_path kube_token_file kube_tag_prefix kube_token_command kube_token_ttl kube_meta_cache_ttl kube_meta_namespace_cache_ttl
    kube_meta_preload_cache_dir merge_log merge_log_key merge_log_trim merge_parser keep_log use_journal cache_use_docker_id regex_parser labels annotations namespace_labels namespace_annotations
    namespace_metadata_only owner_references dummy_meta dns_retries dns_wait_time use_kubelet use_tag_for_meta kubelet_host kubelet_port`),
  'FILTER parser': words('key_name parser preserve_key reserve_data unescape_key'),
  'FILTER grep': words('regex exclude logical_op'),
  'OUTPUT loki': words(`uri tenant_id tenant_id_key labels label_keys label_map_path structured_metadata structured_metadata_map_keys remove_keys drop_single_key line_format auto_kubernetes_labels
    http_user http_passwd bearer_token header compress buffer_size`),
};

/** Keys of a section, its plugin's and those that all of its kind have; undefined where nobody listed them. */
export function keysOf(section: string, plugin: string): readonly string[] | undefined {
  const own = OWN[section] ?? OWN[`${section} ${plugin}`];
  return own && [...own, ...COMMON[section] ?? []];
}
