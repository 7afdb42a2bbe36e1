import { Mutant } from './mutant';

const TEST = 'test/constructs/cluster-app.test.ts';
const OUTPUT = 'test/constructs/cluster-app-output.test.ts';

export const CLUSTER_APP: Mutant[] = [
  {
    title: 'what validations found is not thrown',
    file: 'src/constructs/_one-pass.ts',
    find: '    refuse(app.node.findAll().flatMap(({ node }) => node.validate().map(fault => `[${node.path}] ${fault}`)));\n',
    replace: '    app.node.findAll().forEach(({ node }) => node.validate());\n',
    test: TEST,
    name: '6. validation collects every error',
  },
  {
    title: 'the checks of the whole app are not asked',
    file: 'src/constructs/_one-pass.ts',
    find: 'refuse((checks.get(app) ?? []).flatMap(',
    replace: 'refuse((checks.get(scoped as any) ?? []).flatMap(',
    test: TEST,
    name: '6. validation an app check sees what validations changed',
  },
  {
    title: 'two objects of one name overwrite each other',
    file: 'src/constructs/_synth-unique.ts',
    find: '    if (first) {\n',
    replace: '    if (first === manifest) {\n',
    test: TEST,
    name: '6. validation two objects of one kind, namespace and name are refused',
  },
  {
    title: 'what stands in the way of a file is found when half of them are written',
    file: 'src/emit/output-folder.ts',
    find: '  refuseMismatch(folder, now);\n',
    replace: '',
    test: OUTPUT,
    name: '6. a failed synth leaves the old output as it was where a folder stands',
  },
  {
    title: 'the list of stale files may lead out of the folder',
    file: 'src/emit/output-folder.ts',
    find: "return !path.isAbsolute(file) && !file.split(/[\\\\/]/).includes('..');",
    replace: "return file !== '';",
    test: OUTPUT,
    name: '6. stale files outside the folder are never touched',
  },
  {
    title: 'a Namespace keeps the namespace of its chart',
    file: 'src/constructs/_one-pass.ts',
    find: 'if (object.chart === chart && isClusterScoped(object.apiVersion, object.kind)) dropNamespace(object);',
    replace: "if (object.chart === chart && object.kind === 'ClusterRole') dropNamespace(object);",
    test: OUTPUT,
    name: '6. cluster-scoped objects in a namespace carry no namespace in a ClusterApp',
  },
];
