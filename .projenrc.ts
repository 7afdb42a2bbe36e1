import { cdk8s, javascript } from 'projen';

const project = new cdk8s.ConstructLibraryCdk8s({
  name: 'cdk8s-secure-network',
  description: 'Typed cdk8s constructs that secure the network of a Kubernetes cluster, closed by default, and prove who reaches whom',
  author: 'cdk8s-secure-network contributors',
  authorAddress: 'maintainers@cdk8s-secure-network.dev',
  authorOrganization: true,
  repositoryUrl: 'https://github.com/cdk8s-secure-network/cdk8s-secure-network.git',
  license: 'Apache-2.0',
  copyrightOwner: 'cdk8s-secure-network contributors',
  keywords: ['cdk8s', 'kubernetes', 'network-policy', 'security', 'openshift', 'istio', 'egress', 'zero-trust'],
  defaultReleaseBranch: 'main',
  majorVersion: 0,

  projenrcTs: true,
  packageManager: javascript.NodePackageManager.NPM,
  minNodeVersion: '20.0.0',
  jsiiVersion: '~5.9.0',
  typescriptVersion: '~5.9.0',
  cdk8sVersion: '2.70.0',
  constructsVersion: '10.4.2',
  peerDependencyOptions: { pinnedDevDependency: false },
  peerDeps: ['cdk8s-plus-28@^2.5.0'],
  bundledDeps: ['@bufbuild/cel@^0.6.1', '@bufbuild/protobuf@^2.6.2', '@dagrejs/dagre@^1.1.8', 'commander@^14.0.2', 'ipaddr.js@^2.5.0', 'js-yaml@^5.5.0', 'picocolors@^1.1.1', 'yaml@^2.9.1'],
  bin: { 'secure-network': 'lib/cli.js' },
  devDeps: ['fast-check@^4.10.2', 'tsx@^4.20.0'],

  github: false,
  release: false,
  depsUpgrade: false,
  sampleCode: false,
  eslint: true,
  eslintOptions: {
    dirs: ['src'],
    devdirs: ['test', 'examples', 'bench', 'engines', '.projenrc.ts'],
    commandOptions: { fix: false },
  },
  jestOptions: {
    configFilePath: 'jest.config.json',
    junitReporting: false,
    jestVersion: '^29.5.0',
    updateSnapshot: javascript.UpdateSnapshot.NEVER,
    jestConfig: {
      collectCoverage: false,
      testMatch: ['<rootDir>/test/**/*.test.ts'],
      moduleFileExtensions: ['ts', 'js', 'json', 'node'],
      modulePathIgnorePatterns: ['<rootDir>/.cache/'],
      // Examples and tests import the library by its name, as its users do.
      moduleNameMapper: { '^cdk8s-secure-network$': '<rootDir>/src/index.ts', '^cdk8s-secure-network/lib/(.*)$': '<rootDir>/src/$1' },
    },
  },
  tsconfigDev: {
    compilerOptions: { isolatedModules: true, paths: { 'cdk8s-secure-network': ['../src/index.ts'], 'cdk8s-secure-network/lib/*': ['../src/*'] } },
  },
  gitignore: ['/dist-example/', '/examples/*/dist/', '/examples/*/dist-files/', '/.cache/', '*.tgz', '.DS_Store'],
});

project.addDevDeps('cdk8s@2.70.106', 'cdk8s-plus-28@2.5.6', 'constructs@10.8.1', 'projen@0.103.25');
project.addDevDeps('jest@^29.7.0', '@types/jest@^29.5.0', 'ts-jest@^29.4.0', '@jest/globals@^29.7.0');
// Foreign-platform binaries of newer resolvers may be absent from a registry mirror, and `npm ci` then fails.
project.addDevDeps('eslint-import-resolver-typescript@~3.6.3', '@types/node@^20');
// The lock file holds no download addresses, so it works behind any mirror.
project.npmrc.addConfig('omit-lockfile-registry-resolved', 'true');

project.npmignore?.addPatterns(...['/examples/', '/docs/', '/bench/', '/engines/', '/.ci/', '/.cache/', '.projenrc.ts', '/tsconfig.json']);

// The floors of the house: an import goes down a floor, or stays on its own side of the same floor.
const ground = ['algebra', 'api', 'emit'];
const floors: Record<string, string[]> = {
  'algebra': [],
  'api': [],
  'emit': [],
  'admission': ground,
  'intent': [...ground, 'admission'],
  'analysis': ground,
  'providers': [...ground, 'intent'],
  'mesh': [...ground, 'admission', 'intent'],
  'control-plane': [...ground, 'admission', 'intent'],
  'proof': [...ground, 'intent', 'analysis'],
  'constructs': [...ground, 'admission', 'intent', 'analysis', 'providers', 'mesh', 'control-plane', 'proof'],
  // From manifests back to a program: it reads like the analysis, and states like a user.
  'adopt': [...ground, 'admission', 'intent', 'analysis', 'providers', 'proof', 'constructs'],
  // The command line asks manifests, whoever wrote them: it knows nothing of what was meant.
  'cli': [...ground, 'analysis', 'adopt'],
};
const zones = Object.entries(floors).map(([floor, below]) =>
  ({ target: `./src/${floor}`, from: './src', except: [floor, ...below].map(name => `./${name}`) }));
project.eslint?.addRules({
  'import/order': ['warn', {
    groups: ['builtin', 'external'],
    alphabetize: { order: 'asc', caseInsensitive: true },
    pathGroups: [{ pattern: 'cdk8s-secure-network{,/**}', group: 'external' }],
    pathGroupsExcludedImportTypes: ['builtin'],
  }],
  'import/no-cycle': ['error', { ignoreExternal: true }],
  'import/no-restricted-paths': ['error', { zones }],
  '@stylistic/max-len': ['error', { code: 160, ignoreUrls: true, ignoreStrings: true, ignoreTemplateLiterals: true, ignoreComments: true, ignoreRegExpLiterals: true }],
});

// Nothing in src imports them, so no circle can pass through them; looking for one takes half the time of the lint.
project.eslint?.addOverride({ files: ['test/**', 'examples/**', 'bench/**', 'engines/**'], rules: { 'import/no-cycle': 'off' } });
// Examples and tests import the library by its name: only their own configuration knows where that is, and it stands among the packages.
project.tryFindObjectFile('.eslintrc.json')?.addOverride('settings.import/resolver.typescript.project', ['./tsconfig.json', './test/tsconfig.json']);

project.addTask('example', { description: 'synthesizes the shop example and shows what it wrote', exec: 'tsx --tsconfig examples/tsconfig.json examples/shop/main.ts', receiveArgs: true });
project.addTask('bench', { description: 'measures synth and analysis beside stock cdk8s', exec: 'tsx --tsconfig test/tsconfig.json bench/main.ts', receiveArgs: true });
project.addTask('test:mutants', { description: 'applies each committed widening and shows the test that goes red', exec: 'tsx --tsconfig test/tsconfig.json test/mutants/main.ts', receiveArgs: true });
// Ten thousand random clusters of every kind of policy, and as many cases of every law below them.
project.addTask('test:long', {
  description: 'holds ten thousand random clusters against the slow evaluator (a quarter of an hour)',
  env: { ANALYSIS_RUNS: '10000', TRIES: '10000', FC_RUNS: '1000' },
  exec: 'jest --maxWorkers=2 --testTimeout=3600000 test/analysis test/algebra test/report/remedy test/proof/random-intents test/cli/adopt-random',
});
// One type check for everything that jest and tsx only transpile.
for (const folder of ['src', 'examples', 'bench', 'engines']) project.tsconfigDev.addInclude(`../${folder}/**/*.ts`);
project.tsconfigDev.addExclude('../examples/*/dist');
project.addTask('test:engines', { description: 'lets a real API server, a real enforcer and real packets judge the output (needs Go)', exec: 'tsx --tsconfig test/tsconfig.json engines/main.ts', receiveArgs: true });

// Snapshots, the expected output of the examples, and the messages in docs/errors.md.
project.tasks.tryFind('test:update')?.env('UPDATE_EXPECTED', '1');

project.testTask.prependExec('tsc --noEmit -p test/tsconfig.json');

project.synth();
