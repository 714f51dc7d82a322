import { GenericContainer } from 'testcontainers';
import type { ContainerRequest, Network } from '../model/backend.ts';

/** The user of confined containers; the sandbox image knows it. */
const confinedUser = '10001:10001';
const megabyte = 1024 * 1024;
/** No resolver is ever asked from inside: an address of the documentation range (RFC 5737), to which no route leads. */
const nowhere = '192.0.2.53';
/** A confined container's files arrive in a tmpfs, which exists only once it runs: its command waits for this file. */
export const filesArrived = '/tmp/.files-arrived';
const waitForFiles = `until [ -e ${filesArrived} ]; do sleep 0.02; done; exec "$@"`;

/** What happens to a container while it starts. */
export interface StartHooks {
  /** Created, not yet running. */
  created(id: string): Promise<void>;
  /** Running; its readiness has not been asked. */
  running(): Promise<void>;
}

/** What testcontainers lacks, set on its container: loopback ports, several networks, read-only root, limits. */
export class CourseContainer extends GenericContainer {
  readonly #hooks: StartHooks;

  /** `networks`: the first is joined at creation, so that no container is ever on the engine's default network as well. */
  constructor(reference: string, request: ContainerRequest, networks: readonly Network[], loopback: boolean, hooks: StartHooks) {
    super(reference);
    this.#hooks = hooks;
    const first = networks[0];
    this.withAutoRemove(false).withNetworkMode(first?.name ?? (request.beside !== undefined ? `container:${request.beside.id}` : request.confined ? 'none' : 'bridge'));
    if (first !== undefined) this.createOpts.NetworkingConfig = { EndpointsConfig: { [first.name]: { Aliases: [...request.aliases] } } };
    if (request.command.length > 0) this.withCommand([...request.command]);
    if (request.env) this.withEnvironment({ ...request.env });
    this.#replace(request);
    if (request.confined) this.#confine((request.files ?? []).length > 0, request.beside === undefined);
    else this.#open(request, loopback);
  }

  #replace({ entrypoint, user, workingDir, volumes = [], limits }: ContainerRequest): void {
    if (entrypoint !== undefined) this.withEntrypoint([...entrypoint]);
    if (user !== undefined) this.withUser(user);
    if (workingDir !== undefined) this.withWorkingDir(workingDir);
    if (volumes.length > 0) this.createOpts.Volumes = Object.fromEntries(volumes.map((path) => [path, {}]));
    if (limits === undefined) return;
    Object.assign(this.hostConfig, { Memory: limits.memoryBytes, MemorySwap: limits.memoryBytes, PidsLimit: limits.processes, CapDrop: ['ALL'], SecurityOpt: ['no-new-privileges'] });
  }

  #open(request: ContainerRequest, loopback: boolean): void {
    this.withExposedPorts(...request.ports);
    if (request.offline) Object.assign(this.hostConfig, { Dns: [nowhere] });
    if (loopback) {
      for (const bindings of Object.values(this.hostConfig.PortBindings ?? {})) {
        for (const binding of bindings as { HostIp?: string }[]) binding.HostIp = '127.0.0.1';
      }
    }
    // Whoever the image runs as must read its files and write its data folders; the container is thrown away.
    this.withCopyContentToContainer((request.files ?? []).map(({ path, content }) => ({
      content: typeof content === 'string' ? content : Buffer.from(content), target: path, mode: 0o666,
    })));
    this.withCopyDirectoriesToContainer((request.directories ?? []).map(({ from, to }) => ({ source: from, target: to, mode: 0o777 })));
  }

  #confine(hasFiles: boolean, hasResolver: boolean): void {
    Object.assign(this.hostConfig, {
      ReadonlyRootfs: true,
      Tmpfs: {
        '/scratch': 'rw,exec,nosuid,nodev,size=128m,uid=10001,gid=10001,mode=0755',
        '/tmp': 'rw,nosuid,nodev,size=64m,mode=1777',
      },
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      Memory: 512 * megabyte,
      MemorySwap: 512 * megabyte,
      PidsLimit: 256,
      NanoCpus: 1e9,
      ...(hasResolver ? { Dns: [nowhere] } : {}),
      // Reaps what blocks leave behind, so that the process limit is not eaten up.
      Init: true,
    });
    this.withUser(confinedUser);
    if (hasFiles) this.withEntrypoint(['/bin/sh', '-c', waitForFiles, 'sh']);
  }

  protected override containerCreated(id: string): Promise<void> {
    return this.#hooks.created(id);
  }

  protected override containerStarting(): Promise<void> {
    return this.#hooks.running();
  }
}
