/** Builtins and reserved words that stand where a command does (bash 5.2, `compgen -b`). */
const BUILTINS = ['.', ':', '[', 'alias', 'bg', 'bind', 'break', 'builtin', 'caller', 'cd', 'command', 'compgen', 'complete', 'compopt', 'continue', 'declare', 'dirs', 'disown', 'echo', 'enable', 'eval', 'exec', 'exit', 'export', 'false', 'fc', 'fg', 'getopts', 'hash', 'help', 'history', 'jobs', 'kill', 'let', 'local', 'logout', 'mapfile', 'popd', 'printf', 'pushd', 'pwd', 'read', 'readarray', 'readonly', 'return', 'set', 'shift', 'shopt', 'source', 'suspend', 'test', 'times', 'trap', 'true', 'type', 'typeset', 'ulimit', 'umask', 'unalias', 'unset', 'wait'];

/** Programs of the sandbox that a lesson may use. A test asks the image for each. */
const PROGRAMS = [
  'amtool', 'curl', 'jq', 'logcli', 'node', 'promtool', 'python3',
  'awk', 'bash', 'cmp', 'comm', 'diff', 'egrep', 'fgrep', 'find', 'grep', 'gunzip', 'gzip', 'openssl', 'perl', 'rev', 'sed', 'sh', 'tar', 'which', 'xargs', 'zcat', 'getopt',
  'b2sum', 'base32', 'base64', 'basename', 'cat', 'chmod', 'cksum', 'cp', 'csplit', 'cut', 'date', 'dd', 'df', 'dirname', 'du', 'env', 'expand', 'expr', 'factor', 'fmt', 'fold', 'head', 'hostname', 'id', 'install', 'join', 'link', 'ln', 'ls', 'md5sum', 'mkdir', 'mkfifo', 'mktemp', 'mv', 'nice', 'nl', 'nohup', 'nproc', 'numfmt', 'od', 'paste', 'pr', 'printenv', 'ptx', 'readlink', 'realpath', 'rm', 'rmdir', 'seq', 'sha1sum', 'sha256sum', 'sha512sum', 'shred', 'shuf', 'sleep', 'sort', 'split', 'stat', 'stdbuf', 'stty', 'sum', 'sync', 'tac', 'tail', 'tee', 'timeout', 'touch', 'tr', 'truncate', 'tsort', 'tty', 'uname', 'unexpand', 'uniq', 'unlink', 'wc', 'who', 'whoami', 'yes',
];

/** Programs that readers have and the sandbox has not: their blocks are checked and not run. */
const ELSEWHERE = [
  'docker', 'docker-compose', 'podman', 'nerdctl', 'kubectl', 'helm', 'kind', 'minikube', 'k9s', 'kustomize', 'terraform', 'ansible', 'ansible-playbook', 'aws', 'gcloud', 'az',
  'npm', 'npx', 'pnpm', 'yarn', 'corepack', 'nvm', 'uv', 'uvx', 'pip', 'pip3', 'pipx', 'poetry', 'go', 'cargo', 'make', 'gcc', 'git', 'gh',
  'apt', 'apt-get', 'dnf', 'yum', 'brew', 'apk', 'snap', 'systemctl', 'journalctl', 'service', 'sudo', 'su', 'ssh', 'scp', 'rsync', 'open', 'xdg-open',
  'ps', 'top', 'htop', 'free', 'vmstat', 'iostat', 'uptime', 'watch', 'pkill', 'pgrep', 'killall', 'lsof', 'ss', 'netstat', 'ip', 'ifconfig', 'ping', 'dig', 'nslookup', 'host', 'traceroute', 'nc', 'telnet', 'tcpdump', 'iptables', 'tc', 'strace', 'perf',
  'wget', 'http', 'less', 'more', 'man', 'column', 'hexdump', 'xxd', 'bc', 'file', 'vim', 'vi', 'nano', 'code', 'tree', 'yq', 'unzip', 'zip', 'k6', 'hey', 'ab', 'wrk', 'vegeta', 'prometheus', 'alertmanager', 'loki', 'jaeger', 'mimirtool', 'otelcol', 'grafana-cli', 'grafana', 'mermaid', 'act',
];

/** What can be run in the sandbox. */
export const runnableCommands: ReadonlySet<string> = new Set([...BUILTINS, ...PROGRAMS]);
/** Of these, the ones that are files of the image. */
export const sandboxPrograms: readonly string[] = PROGRAMS;
/** What is known, and not in the sandbox. */
export const absentCommands: ReadonlySet<string> = new Set(ELSEWHERE);
