/** The part of the printed program that reads the manifests: the same for every cluster, but for the names in it. */

export interface HelperParts {
  readonly files: readonly string[];
  readonly namespaces: readonly string[];
  readonly leftOut: readonly string[];
  readonly accounts: readonly string[];
  /** Kinds whose pods get another ServiceAccount. */
  readonly kinds: readonly string[];
  /** Kinds of objects that name no namespace and live in none of the program's. */
  readonly clusterKinds: readonly string[];
  /** Whether there are objects in no namespace of the program. */
  readonly others: boolean;
}

/** Stands before everything else in the program. */
export function readingText({ files }: Pick<HelperParts, 'files'>): string[] {
  return [
    '/** The manifests as they are. */',
    `const objects = ${list(files, '')}.flatMap(file => Yaml.load(file)).flatMap(itemsOf);`,
    '',
  ];
}

/** Stands at the end of the program. */
export function includeText({ namespaces, leftOut, accounts, kinds, clusterKinds, others }: Omit<HelperParts, 'files'>): string {
  return [
    '/** Applies what the manifests hold of one namespace as it is, but for what this program writes itself. */',
    `function include(chart: Chart, namespace${others ? '?' : ''}: string): void {`,
    `  const secured = ${list(namespaces, '  ')};`,
    ...leftOut.length > 0 ? ['  // Made by other objects, or by the cluster itself.', `  const leftOut = ${list(leftOut, '  ')};`] : [],
    ...accounts.length > 0 ? ['  // Ran under an account that other pods had too, and have one of their own from now on.',
      '  const accounts: Record<string, string> = {', ...accounts.map(line => `    ${line},`), '  };'] : [],
    ...clusterKinds.length > 0 ? [`  const clusterScoped = ${list(clusterKinds, '  ')};`] : [],
    '  const scope = new Construct(chart, \'manifests\');',
    ...accounts.length > 0 ? ['  const known = new Set<string>();',
      '  for (const { kind, metadata } of objects) if (kind === \'ServiceAccount\' && (metadata.namespace ?? \'default\') === namespace) known.add(metadata.name);'] : [],
    '  for (const object of objects) {',
    '    const { apiVersion, kind, metadata: { namespace: home, name } } = object;',
    `    const place = ${clusterKinds.length > 0 ? 'clusterScoped.includes(kind) ? undefined : ' : ''}home ?? 'default';`,
    '    const replaced = kind === \'Namespace\' ? secured.includes(name)',
    '      : secured.includes(place) && (kind === \'NetworkPolicy\' || (kind === \'ServiceAccount\' && name === \'default\'));',
    ...leftOut.length > 0 ? ['    if (leftOut.includes(`${kind} ${place === undefined ? \'\' : `${place}/`}${name}`)) continue;'] : [],
    `    if (replaced || ${others ? '(secured.includes(place) ? place : undefined)' : 'place'} !== namespace) continue;`,
    `    ${accounts.length > 0 ? 'const kept = ' : ''}new ApiObject(scope, [apiVersion, kind, home ?? '', name].join(' ').replace(/\\//g, '-'), object);`,
    ...accounts.length > 0 ? [
      '    const account = accounts[`${kind} ${place}/${name}`];',
      '    if (account === undefined) continue;',
      `    kept.addJsonPatch(JsonPatch.add(${pathExpression(kinds)}, account));`,
      '    if (!known.has(account)) new ServiceAccount(scope, `account-${account}`, { metadata: { name: account } });',
      '    known.add(account);',
    ] : [],
    '  }',
    '}',
    '',
    '/** The objects in a list, which may leave out what they are; whatever is no object of Kubernetes is left out. */',
    'function itemsOf(object: any): any[] {',
    '  const { apiVersion, kind, items } = object;',
    '  if (!kind?.endsWith(\'List\') || !Array.isArray(items)) return kind ? [object] : [];',
    '  return items.flatMap(item => itemsOf({ apiVersion, kind: kind.slice(0, -4), ...item }));',
    '}',
  ].join('\n');
}

/** Where the account stands, for the kinds that there are. */
function pathExpression(kinds: readonly string[]): string {
  const usual = '\'/spec/template/spec/serviceAccountName\'';
  if (kinds.length === 1 && kinds[0] === 'Pod') return '\'/spec/serviceAccountName\'';
  const pod = kinds.includes('Pod') ? 'kind === \'Pod\' ? \'/spec/serviceAccountName\' : ' : '';
  const cron = kinds.includes('CronJob') ? 'kind === \'CronJob\' ? \'/spec/jobTemplate/spec/template/spec/serviceAccountName\' : ' : '';
  return `${pod}${cron}${usual}`;
}

function list(items: readonly string[], indent: string): string {
  const line = `[${items.join(', ')}]`;
  return line.length <= 110 ? line : `[\n${items.map(item => `${indent}  ${item},\n`).join('')}${indent}]`;
}
