import type { LaidPicture } from './layout';
import type { Picture } from './model';
import { SCRIPT } from './script';
import { COLOURS, DRAWING } from './style';
import { draw, escaped, GUARD_CLASS } from './svg';

/**
 * The picture as one page that needs nothing else: it opens by double click, and its content policy forbids it to ask the network for anything.
 */
export function* page(picture: Picture, laid: LaidPicture, title: string): Iterable<string> {
  const namespaces = new Map(picture.groups.map(({ id, kind, title: name }) => [id, kind === 'namespace' || kind === 'edge' ? name : undefined]));
  const open = picture.flows.filter(({ guard }) => guard === 'nothing').length;
  const data = {
    nodes: picture.nodes.map(node => ({ ...node, namespace: namespaces.get(node.group) })),
    flows: picture.flows,
    classes: GUARD_CLASS,
    hint: 'Point at a flow or a box to see what belongs to it; click for the reasons.',
  };
  const counts = [many(picture.workloads, 'workload'), many([...namespaces.values()].filter(name => name !== undefined).length, 'namespace'),
    many(picture.flows.length, 'flow'), ...open > 0 ? [`${open} without any policy`] : []].join(' · ');
  yield `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>${escaped(title)}</title>
<style>${COLOURS}${DRAWING}${PAGE}</style>
</head>
<body>
<header>
<h1>${escaped(title)}</h1><span class="counts">${escaped(counts)}</span>
<span class="legend"><i class="g-both"></i>guarded at both ends <i class="g-one"></i>at one end <i class="g-none"></i>by nothing</span>
<label>Namespace <select id="namespace"><option value="">all</option></select></label>
<input id="words" type="search" placeholder="name or port" aria-label="filter by name or port">
<button id="theme" title="light or dark" aria-label="light or dark">◐</button>
</header>
<main>
<div id="stage">
`;
  yield draw(laid, title, false);
  yield '</div>\n<aside id="panel" aria-live="polite"></aside>\n</main>\n<div id="tip" role="tooltip" hidden></div>\n<script type="application/json" id="data">';
  // Within a script element only `<` can end it.
  yield JSON.stringify(data).replace(/</g, '\\u003c');
  yield `</script>\n<script>${SCRIPT}</script>\n</body>\n</html>\n`;
}

function many(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

const PAGE = `
*{box-sizing:border-box}
html,body{height:100%;margin:0}
body{display:flex;flex-direction:column;background:var(--paper);color:var(--ink);font:14px/1.45 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",Ubuntu,sans-serif}
header{display:flex;flex-wrap:wrap;align-items:center;gap:8px 16px;padding:10px 18px;border-bottom:1px solid var(--boxline);background:var(--card)}
h1{font-size:16px;font-weight:680;margin:0}
.counts,.legend{color:var(--quiet);font-size:12.5px}
.legend{margin-left:auto;display:flex;align-items:center;gap:7px}
.legend i{width:22px;border-top:2px solid var(--c);margin-left:8px}
.legend .g-both,.g-both{--c:var(--both)}.legend .g-one,.g-one{--c:var(--one)}.legend .g-none,.g-none{--c:var(--none)}
.legend .g-one{border-top-style:dashed}.legend .g-none{border-top-style:dotted}
label{font-size:12.5px;color:var(--quiet)}
select,input,header button{font:inherit;font-size:13px;color:var(--ink);background:var(--paper);border:1px solid var(--line);border-radius:8px;padding:5px 9px}
input{width:150px}
header button{cursor:pointer;line-height:1.2}
main{flex:1;display:flex;min-height:0}
#stage{flex:1;min-width:0;overflow:hidden;cursor:grab;touch-action:none}
#stage:active{cursor:grabbing}
svg.sn{display:block;width:100%;height:100%}
#panel{width:350px;overflow:auto;border-left:1px solid var(--boxline);background:var(--card);padding:16px 18px}
#panel h2{font-size:15px;margin:0 0 4px;overflow-wrap:anywhere}
#panel h3{font-size:12px;font-weight:650;color:var(--quiet);margin:18px 0 6px;overflow-wrap:anywhere}
#panel p{margin:4px 0;overflow-wrap:anywhere}
#panel .quiet,.quiet{color:var(--quiet);font-size:12.5px}
#panel .big{font-size:17px;font-weight:650;font-variant-numeric:tabular-nums}
#panel .guard{color:var(--c);font-size:12.5px;font-weight:600}
#panel .reason{border-left:2px solid var(--line);padding-left:10px;margin-top:8px}
#panel .file{font:12px/1.4 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;color:var(--quiet);padding-left:12px}
#panel button{font:inherit;color:inherit;background:none;border:0;cursor:pointer;text-align:left}
#panel .back{color:var(--focus);padding:0 0 10px;font-size:12.5px}
#panel .row{display:block;width:100%;padding:7px 9px;border-radius:8px;border-left:3px solid var(--c);background:var(--paper);margin:5px 0;overflow-wrap:anywhere;font-size:13px}
#panel .row:hover,#panel .row:focus-visible{outline:1px solid var(--line)}
#panel .ends{font-weight:600}.to{color:var(--faint);margin:0 5px}
#panel .conn{display:block;color:var(--quiet);font-size:12px;font-variant-numeric:tabular-nums}
#tip{position:fixed;z-index:2;pointer-events:none;max-width:420px;padding:8px 11px;border-radius:9px;background:var(--ink);color:var(--paper);font-size:12.5px;box-shadow:0 6px 24px #0005}
#tip .first{font-weight:650}
.sn .node,.sn .flow{cursor:pointer;outline:none}
.sn .node:focus-visible rect{stroke:var(--focus);stroke-width:2}
.sn .flow,.sn .node,.sn .group{transition:opacity .12s}
.sn.lit .flow:not(.on){opacity:.1}.sn.lit .node:not(.on){opacity:.38}
.sn.lit .flow.on path.line{stroke-width:2.4;opacity:1}.sn.lit .node.on rect{stroke:var(--focus)}
.sn .flow:focus-visible path.line{stroke-width:3}
.sn .off{display:none}
@media (max-width:800px){main{flex-direction:column}#panel{width:auto;max-height:45%;border-left:0;border-top:1px solid var(--boxline)}.legend{margin-left:0}}
`;
