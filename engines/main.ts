/**
 * npm run test:engines [-- --only=api,guardrails,packets,proxy,peer,control-plane,frames,mesh,interruption --intents=50 --example=kubeadm]
 * npm run test:engines -- --times      measures ours and the peer on clusters of 500 to 40,000 pods, for docs/performance.md
 *
 * Real engines judge the output: a real API server, a real enforcer with real packets, the real proxy, a peer that reads the same
 * manifests, and the mesh's own analyzer and control plane. What they found is written to docs/proof.md when all parts ran and all agree.
 */
import { judgeAcceptance, judgeBroken, noAcceptance } from './api-server/acceptance';
import { CrdReport, installCrds, readCrds } from './api-server/crds';
import { judgeGrants, noGrants } from './api-server/grants';
import { startApiServer } from './api-server/server';
import { Case, exampleCases, fixtureCases, goldenCases } from './cases';
import { judgeControlPlane, noControlPlane } from './control-plane/part';
import { judgePermits } from './control-plane/permits';
import { judgeGuardrails, noGuardrails } from './guardrails/part';
import { tierCases } from './guardrails/tiers';
import { judgeInterruption, noInterruption } from './interruption';
import { ENGINES, built, goVersion } from './lib/build';
import { Run } from './lib/run';
import { matrixCases } from './matrix';
import { judgeMesh, noMesh } from './mesh/istioctl';
import { judgeProxies, noProxies } from './mesh/part';
import { judgePackets, noPackets } from './packets/part';
import { judgePeer, noPeer } from './peer/netpol-analyzer';
import { measurePeer } from './peer/times';
import { judgeBrokenProxies, judgeProxy, noProxy } from './proxy-part';
import { Proof, writeProof } from './report';

const STARTING = ['api', 'guardrails', 'packets', 'proxy', 'peer', 'control-plane', 'frames', 'mesh'];
const PARTS = [...STARTING, 'interruption'];

async function main(args: readonly string[]): Promise<number> {
  const only = args.find(arg => arg.startsWith('--only='))?.slice('--only='.length).split(',') ?? PARTS;
  const unknown = [...only.filter(part => !PARTS.includes(part)), ...args.filter(arg => !/^--(only=|intents=|example=|times$)/.test(arg))];
  if (unknown.length > 0) throw new Error(`'${unknown[0]}' is unknown: use --only=${PARTS.join(',')} and --intents=50`);
  const intents = Number(args.find(arg => arg.startsWith('--intents='))?.slice('--intents='.length) ?? 50);
  const { version, problem } = goVersion();
  if (problem) throw new Error(problem);
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    throw new Error('the packets need Linux and root: network namespaces are made, in which nothing of the machine itself is touched');
  }

  const clock = startClock();
  const run = Run.begin(await built(ENGINES.prober));
  if (args.includes('--times')) {
    await measurePeer(run);
    return (await run.end()).length;
  }
  for (const engine of Object.values(ENGINES)) await built(engine);
  clock('engines are built');
  const example = args.find(arg => arg.startsWith('--example='))?.slice('--example='.length);
  const examples = exampleCases(example === undefined ? undefined : [example]);
  const cases = example === undefined ? [...examples, ...goldenCases(), ...fixtureCases(), ...matrixCases()] : examples;
  clock(`${cases.length} cases, ${examples.length} of them examples`);
  const proof: Proof = {
    goVersion: version!,
    crds: [],
    acceptance: noAcceptance(),
    packets: noPackets(),
    proxy: noProxy(),
    peer: noPeer(),
    mesh: noMesh(),
    proxies: noProxies(),
    controlPlane: noControlPlane(),
    grants: noGrants(),
    guardrails: noGuardrails(),
    interruption: noInterruption(),
  };
  const wants = (part: string) => only.includes(part);
  if (wants('proxy')) {
    await judgeProxy(proof.proxy);
    clock('proxy judged');
  }
  // The broken proxies mostly wait, and so do the packets.
  const broken = wants('proxy') ? judgeBrokenProxies(proof.proxy) : Promise.resolve();
  if (wants('api') || wants('guardrails') || wants('packets') || wants('frames')) await withApiServer(run, cases, examples, proof, wants, intents, clock);
  await broken;
  if (wants('peer')) await judgePeer(run, cases, proof.peer);
  if (wants('peer')) clock('peer judged');
  if (wants('frames')) {
    await judgeMesh(run, cases, proof.mesh);
    clock('mesh analyzer judged');
  }
  if (wants('mesh')) {
    await judgeProxies(run, examples, proof.proxies);
    clock('proxies of the mesh judged');
  }
  if (wants('control-plane')) {
    await judgeControlPlane(run, examples, proof.controlPlane);
    clock('control planes judged');
  }
  if (wants('interruption')) {
    await judgeInterruption(run, STARTING, proof.interruption);
    clock('interruption judged');
  }
  const left = await run.end();
  return conclude(proof, left, only.length === PARTS.length && intents >= 50 && example === undefined, clock);
}

async function withApiServer(
  run: Run, cases: readonly Case[], examples: readonly Case[], proof: Proof, wants: (part: string) => boolean, intents: number, clock: (what: string) => void,
): Promise<void> {
  const server = await startApiServer(run);
  clock('API server is up');
  if (wants('api') || wants('guardrails') || wants('packets')) {
    const { crds, report } = await readCrds();
    (proof.crds as CrdReport[]).push(...report);
    await installCrds(server.client, crds);
    clock(`${crds.length} CustomResourceDefinitions are served`);
  }
  if (wants('api')) {
    await judgeAcceptance(server, cases, proof.acceptance);
    await judgeBroken(server.client, proof.acceptance);
    clock('acceptance judged');
  }
  if (wants('frames')) {
    await judgeGrants(server.client, examples, proof.grants);
    await judgePermits(server.client, examples, run.folder('statements'), proof.grants);
    clock('grants judged');
  }
  if (wants('guardrails')) {
    await judgeGuardrails(server.client, proof.guardrails);
    clock('guardrails judged');
  }
  if (wants('packets')) await judgePackets(run, server, [...fixtureCases(), ...tierCases(), ...examples], intents, proof.packets);
  if (wants('packets')) clock('packets judged');
  await server.stop();
}

function conclude(proof: Proof, left: readonly string[], whole: boolean, clock: (what: string) => void): number {
  const parts = { ...proof } as Record<string, any>;
  const failures = [
    ...Object.entries(parts).flatMap(([part, report]) => (report.failures ?? []).map((failure: string) => `${part}: ${failure}`)),
    ...left.map(what => `stayed behind: ${what}`),
  ];
  for (const failure of failures) process.stderr.write(`FAILED ${failure}\n`);
  if (proof.proxy.missing) process.stdout.write(`NOT JUDGED proxy: ${proof.proxy.missing}; docs/proof.md is left as it is\n`);
  if (proof.proxies.missing) process.stdout.write(`NOT JUDGED mesh: ${proof.proxies.missing}; docs/proof.md is left as it is\n`);
  if (failures.length === 0 && whole && !proof.proxy.missing && !proof.proxies.missing) process.stdout.write(`${writeProof(proof)}\n`);
  clock(failures.length === 0 ? 'all engines agree' : `${failures.length} failures`);
  return failures.length === 0 ? 0 : 1;
}

function startClock(): (what: string) => void {
  const started = Date.now();
  return what => process.stdout.write(`[${Math.round((Date.now() - started) / 1000)} s] ${what}\n`);
}

main(process.argv.slice(2)).then(code => process.exit(code), error => {
  process.stderr.write(`FAILED ${error instanceof Error ? error.stack : error}\n`);
  process.exit(1);
});
