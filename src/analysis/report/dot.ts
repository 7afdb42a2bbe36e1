import { Report } from './_report';
import { rowsOf } from '../rows';

/** A graph for Graphviz: a box a namespace, a dashed ellipse a range of addresses outside. */
export const DOT: Report = {
  name: 'dot',
  * write(reach, { title = 'Who reaches whom' } = {}) {
    yield `digraph ${quoted(title)} {\n  rankdir=LR;\n  node [shape=box, style=rounded, fontname="sans-serif"];\n  edge [fontname="sans-serif", fontsize=10];\n`;
    const namespaces = new Map<string, Set<string>>();
    for (const { real, namespace, text } of reach.endpoints) {
      if (real) namespaces.set(namespace, (namespaces.get(namespace) ?? new Set()).add(text));
    }
    for (const [namespace, texts] of [...namespaces].sort(([a], [b]) => (a < b ? -1 : 1))) {
      yield `  subgraph ${quoted(`cluster_${namespace}`)} {\n    label=${quoted(namespace)};\n`;
      for (const text of [...texts].sort()) yield `    ${quoted(text)} [label=${quoted(text.slice(namespace.length + 1))}];\n`;
      yield '  }\n';
    }
    const outside = new Set<string>();
    for (const { src, dst, conn } of rowsOf(reach)) {
      for (const end of [src, dst]) {
        if (!end.endsWith('[External]') || outside.has(end)) continue;
        outside.add(end);
        yield `  ${quoted(end)} [label=${quoted(end.slice(0, -'[External]'.length))}, shape=ellipse, style=dashed];\n`;
      }
      yield `  ${quoted(src)} -> ${quoted(dst)} [label=${quoted(conn)}];\n`;
    }
    yield '}\n';
  },
};

function quoted(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&')}"`;
}
