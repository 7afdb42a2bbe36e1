/**
 * `npx tsx engines/proxy/main.ts [haproxy]`: the router's proxy on trial, line by line.
 * `npx tsx engines/proxy/main.ts [haproxy] --sabotage`: the same with broken configurations; each has to be noticed.
 */
import { haproxyVersion } from './haproxy';
import { proxyTrials, SABOTAGES } from './trials';

async function main(): Promise<void> {
  const sabotage = process.argv.includes('--sabotage');
  const binary = process.argv.slice(2).find(word => !word.startsWith('--')) ?? 'haproxy';
  const version = haproxyVersion(binary);
  if (!version) throw new Error(`'${binary}' does not run: install HAProxy (Debian: apt-get install haproxy) or name its path`);
  console.log(`HAProxy ${version}`);
  if (!sabotage) {
    const trials = await proxyTrials({ binary, say: ({ name, ok, seen }) => console.log(`${ok ? 'ok    ' : 'FAILED'} ${name}: ${seen}`) });
    const failed = trials.filter(trial => !trial.ok).length;
    console.log(`${trials.length - failed} of ${trials.length} as wanted`);
    process.exitCode = failed > 0 ? 1 : 0;
    return;
  }
  for (const [name, change] of Object.entries(SABOTAGES)) {
    const noticed = (await proxyTrials({ binary, sabotage: change })).filter(trial => !trial.ok);
    console.log(`${noticed.length > 0 ? 'noticed' : 'MISSED '} ${name}: ${noticed.map(trial => trial.name).join('; ')}`);
    if (noticed.length === 0) process.exitCode = 1;
  }
}

// An exit, unlike a signal, lets everything that was started be stopped.
for (const [signal, code] of [['SIGINT', 130], ['SIGTERM', 143]] as const) process.once(signal, () => process.exit(code));

main().catch(error => {
  console.error(error);
  process.exitCode = 1;
});
