/** Part 3 as a whole: the trials of the router's proxy, and each way to break its configuration, which the trials have to notice. */
import { haproxyBinary } from './lib/haproxy';
import { haproxyVersion } from './proxy/haproxy';
import { SABOTAGES, Trial, proxyTrials } from './proxy/trials';

export interface ProxyReport {
  version: string;
  /** Why there is no proxy to judge. */
  missing?: string;
  readonly trials: Trial[];
  /** Ways to break it, with how many trials failed. */
  readonly sabotages: { readonly what: string; readonly noticed: number }[];
  readonly failures: string[];
}

export const noProxy = (): ProxyReport => ({ version: '', trials: [], sabotages: [], failures: [] });

export async function judgeProxy(into: ProxyReport): Promise<void> {
  const { binary, problem } = haproxyBinary();
  if (!binary) {
    into.missing = problem;
    return;
  }
  into.version = haproxyVersion(binary) ?? 'unknown';
  into.trials.push(...await proxyTrials({ binary }));
  into.failures.push(...into.trials.filter(({ ok }) => !ok).map(({ name, seen }) => `${name}: ${seen}`));
}

/** Each way to break the configuration has to be noticed by a trial. */
export async function judgeBrokenProxies(into: ProxyReport): Promise<void> {
  const { binary } = haproxyBinary();
  if (!binary) return;
  // Each proxy is stopped with the process, whatever ends it.
  process.setMaxListeners(50);
  into.sabotages.push(...await Promise.all(Object.entries(SABOTAGES).map(async ([what, sabotage]) =>
    ({ what, noticed: (await proxyTrials({ binary, sabotage })).filter(({ ok }) => !ok).length }))));
  for (const { what, noticed } of into.sabotages) if (noticed === 0) into.failures.push(`broken on purpose (${what}), and no trial notices`);
}
