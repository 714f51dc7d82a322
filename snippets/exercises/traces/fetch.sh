# All stored traces of a service of the last 20 minutes, one a line: a list of its spans.
traces() {
  curl -sG localhost:16686/api/traces -d service="$1" -d limit=1500 \
    -d start=$(date -d '-20 minutes' +%s)000000 -d end=$(date +%s)000000 |
  jq -c '.data[] | .processes as $who
    | [.spans[] | (.tags | map({(.key): .value}) | add) as $tags | {
        id: .spanID, parent: .references[0].spanID,
        service: $who[.processID].serviceName, operation: .operationName,
        failed: ($tags | has("error.type")), why: $tags."error.type" }]'
}
