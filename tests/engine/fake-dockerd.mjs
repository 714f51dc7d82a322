// `node fake-dockerd.mjs FOLDER`: answers on FOLDER/docker.sock as an engine does, and takes its time to end, as one with containers does.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';

process.title = 'fake-dockerd';
const folder = process.argv[2] ?? '.';
const [socket, pidFile] = [join(folder, 'docker.sock'), join(folder, 'docker.pid')];
if (existsSync(pidFile) && existsSync(`/proc/${readFileSync(pidFile, 'utf8')}`)) {
  console.log(`failed to start daemon, ensure docker is not running or delete ${pidFile}: process with PID ${readFileSync(pidFile, 'utf8')} is still running`);
  process.exit(1);
}
writeFileSync(pidFile, String(process.pid));
const server = createServer((_, response) => response.end('OK')).listen(socket);
process.on('SIGTERM', () => {
  server.close();
  server.closeAllConnections();
  setTimeout(() => {
    rmSync(pidFile);
    process.exit(0);
  }, 1_500);
});
