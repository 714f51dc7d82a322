import { mkdtempSync, rmSync } from 'node:fs';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What a faulty engine does with one request, `POST /containers/…/start`: refuses it with these words, dies, or (undefined) passes it on. */
export type Fault = (request: string) => { readonly status: number; readonly message: string } | 'dies' | undefined;

/** A socket between the harness and the real engine, which fails when told to. The real one is shared, and never harmed. */
export class FaultyEngine implements AsyncDisposable {
  readonly dockerHost: string;
  readonly #folder = mkdtempSync(join(tmpdir(), 'engine-'));
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;
  readonly #died = Promise.withResolvers<void>();

  private constructor(realHost: string, fault: Fault) {
    const path = join(this.#folder, 'engine.sock');
    this.dockerHost = `unix://${path}`;
    this.#server = createServer((client) => this.#serve(client, new URL(realHost).pathname, fault)).listen(path);
  }

  /** @param realHost `unix:///var/run/docker.sock` */
  static async open(realHost: string, fault: Fault): Promise<FaultyEngine> {
    const engine = new FaultyEngine(realHost, fault);
    await new Promise((resolve) => engine.#server.once('listening', resolve));
    return engine;
  }

  /** Resolves once it has died. */
  get died(): Promise<void> {
    return this.#died.promise;
  }

  die(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    this.#died.resolve();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.die();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #serve(client: Socket, realPath: string, fault: Fault): void {
    const real = createConnection(realPath);
    for (const socket of [client, real]) {
      this.#sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => {
        this.#sockets.delete(socket);
        client.destroy();
        real.destroy();
      });
    }
    real.on('data', (chunk) => client.write(chunk));
    client.on('data', (chunk) => {
      const asked = /^((?:GET|POST|PUT|DELETE|HEAD) \S+) HTTP/.exec(chunk.toString('latin1'))?.[1];
      const answer = asked === undefined ? undefined : fault(asked);
      if (answer === 'dies') return this.die();
      if (answer === undefined) return void real.write(chunk);
      const body = JSON.stringify({ message: answer.message });
      client.end(`HTTP/1.1 ${answer.status} Fault\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`);
    });
  }
}
