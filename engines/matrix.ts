/** Random intents on every platform with every network provider there is: a new factory of either joins by being there. */
import { NetworkProvider, Platform, PlatformFacts } from 'cdk8s-secure-network';
import { Case } from './cases';
import { randomIntent } from './intents';

const INTENTS_EACH = 3;

export function matrixCases(): Case[] {
  const platforms = factoriesOf<(facts: PlatformFacts) => Platform>(Platform, Platform);
  const networks = factoriesOf<() => NetworkProvider>(NetworkProvider, NetworkProvider);
  return platforms.flatMap(([platformName, platform], p) => networks.flatMap(([networkName, network], n) => Array.from({ length: INTENTS_EACH }, (_, i) => {
    const seed = 1000 + (100 * p) + (10 * n) + i;
    return { name: `random intent ${seed} on ${platformName} with ${networkName}`, manifests: randomIntent(seed, { platform, network }).manifests };
  })));
}

function factoriesOf<F>(holder: object, receiver: object): [string, F][] {
  const names = Object.getOwnPropertyNames(holder).filter(name => !['length', 'name', 'prototype'].includes(name) && !name.startsWith('_'));
  const functions = names.map(name => [name, (holder as any)[name]] as const).filter(([, value]) => typeof value === 'function');
  return functions.sort(([a], [b]) => a < b ? -1 : 1).map(([name, value]) => [name, value.bind(receiver)]);
}
