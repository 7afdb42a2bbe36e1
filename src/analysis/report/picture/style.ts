/** How a picture looks, by day and by night. Names of colours say what they are for. */

const DAY = '--paper:#fbfbfd;--ink:#1d2433;--quiet:#667085;--faint:#98a2b3;--card:#ffffff;--line:#d5dae3;--box:#f2f4f8;--boxline:#dfe3eb;'
  + '--edgebox:#eef4ff;--edgeline:#b9cffb;--outbox:#fdf6ec;--outline:#efd9b4;--both:#0e9384;--one:#dc7a09;--none:#d92d20;--focus:#2e5bff;--chip:#ffffff;--tenant:#5b3fd1;--tenantbox:#efebff';
const NIGHT = '--paper:#0f131a;--ink:#e8ecf4;--quiet:#9aa5b8;--faint:#6b7688;--card:#1c222d;--line:#333c4b;--box:#151a23;--boxline:#262e3b;'
  + '--edgebox:#131d31;--edgeline:#2b4478;--outbox:#211b12;--outline:#4e3e22;--both:#2fc4b2;--one:#f5a83c;--none:#ff6b5e;--focus:#7c9bff;--chip:#0f131a;--tenant:#b9a8ff;--tenantbox:#2a2350';

/** The colours: of the system, unless the page says otherwise. */
export const COLOURS = `:root,svg.sn{${DAY}}@media (prefers-color-scheme:dark){:root,svg.sn{${NIGHT}}}`
  + `:root[data-theme=light],:root[data-theme=light] svg.sn{${DAY}}:root[data-theme=dark],:root[data-theme=dark] svg.sn{${NIGHT}}`;

export const DRAWING = `
.sn{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",Ubuntu,sans-serif;background:var(--paper)}
.sn text{fill:var(--ink)}
.sn .group rect{fill:var(--box);stroke:var(--boxline)}
.sn .edge rect{fill:var(--edgebox);stroke:var(--edgeline)}
.sn .internet rect,.sn .external rect{fill:var(--outbox);stroke:var(--outline);stroke-dasharray:5 4}
.sn .cluster rect{stroke-dasharray:5 4}
.sn .group .name{font-size:13px;font-weight:650;letter-spacing:.01em}
.sn .group .zone,.sn .group .dns{font-size:11px;fill:var(--quiet)}
.sn .group .tenant rect{fill:var(--tenantbox);stroke:none}
.sn .group .tenant text{font-size:10.5px;font-weight:600;fill:var(--tenant)}
.sn .node rect{fill:var(--card);stroke:var(--line)}
.sn .node .name{font-size:13px;font-weight:600}
.sn .node .sub{font-size:11px;fill:var(--quiet)}
.sn .node .mark{fill:none;stroke:var(--quiet);stroke-width:1.5;stroke-linecap:round;stroke-linejoin:round}
.sn .node.many rect{fill:var(--card);stroke-dasharray:3 3}
.sn .flow path{fill:none;stroke:var(--c);stroke-width:1.6}
.sn .flow .grab{stroke:transparent;stroke-width:14}
.sn .flow .chip{fill:var(--paper);stroke:none;opacity:.92}
.sn .flow text{font-size:11px;font-weight:550;fill:var(--c);font-variant-numeric:tabular-nums}
.sn .g-both{--c:var(--both)}.sn .g-one{--c:var(--one)}.sn .g-none{--c:var(--none)}
.sn .g-one .line{stroke-dasharray:7 4}.sn .g-none .line{stroke-dasharray:2 4}
.sn marker path{fill:var(--c)}
.sn.crowded .flow path.line{stroke-width:1.1;opacity:.6}
`;
