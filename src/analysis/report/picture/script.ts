/**
 * What the page does when one points at things. It is written for browsers as they are, reads its data from the page, and asks nobody for anything.
 * Texts of manifests only ever become text nodes.
 */
export const SCRIPT = String.raw`
'use strict';
(() => {
  const data = JSON.parse(document.getElementById('data').textContent);
  const svg = document.querySelector('svg.sn');
  const panel = document.getElementById('panel');
  const tip = document.getElementById('tip');
  const stage = document.getElementById('stage');
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const nodes = new Map(data.nodes.map(node => [node.id, node]));
  const nodeOf = new Map(all('.node', svg).map(element => [element.dataset.node, element]));
  const flowOf = all('.flow', svg);
  const make = (tag, className, text) => {
    const element = document.createElement(tag);
    if (className) element.className = className;
    if (text !== undefined) element.textContent = text;
    return element;
  };
  const nameOf = id => {
    const node = nodes.get(id);
    return node.namespace ? node.namespace + '/' + node.title : node.title;
  };
  const names = data.flows.map(flow => nameOf(flow.src) + ' ' + nameOf(flow.dst) + ' ' + flow.conn);
  const guardText = flow => flow.guard === 'nothing' ? 'no policy speaks about it' : 'guarded at ' + flow.guard + ' by ' + flow.layers.join(', ');
  let pinned;
  let namespace = '';
  let words = '';

  // What belongs together stays bright.
  const light = (flows, ids) => {
    svg.classList.toggle('lit', flows !== undefined);
    flowOf.forEach((element, i) => element.classList.toggle('on', flows !== undefined && flows.has(i)));
    nodeOf.forEach((element, id) => element.classList.toggle('on', ids !== undefined && ids.has(id)));
  };
  const touching = id => data.flows.flatMap((flow, i) => flow.src === id || flow.dst === id ? [i] : []).filter(shown);
  const lightFlow = i => light(new Set([i]), new Set([data.flows[i].src, data.flows[i].dst]));
  const lightNode = id => {
    const flows = touching(id);
    light(new Set(flows), new Set([id, ...flows.flatMap(i => [data.flows[i].src, data.flows[i].dst])]));
  };
  const settle = () => {
    if (!pinned) light();
    else if (pinned.flow !== undefined) lightFlow(pinned.flow);
    else lightNode(pinned.node);
  };

  // The filter: a namespace with what it has to do with, or words in names and ports.
  const inNamespace = id => nodes.get(id).namespace === namespace;
  const text = flow => [nameOf(flow.src), nameOf(flow.dst), flow.conn, ...nodes.get(flow.src).members, ...nodes.get(flow.dst).members].join(' ').toLowerCase();
  const texts = data.flows.map(text);
  const shown = i => (namespace === '' || inNamespace(data.flows[i].src) || inNamespace(data.flows[i].dst))
    && words.split(/\s+/).every(word => texts[i].includes(word));
  const filter = () => {
    const flows = data.flows.map((_, i) => i).filter(shown);
    const ids = new Set(flows.flatMap(i => [data.flows[i].src, data.flows[i].dst]));
    if (namespace !== '' && words === '') data.nodes.forEach(({ id }) => { if (inNamespace(id)) ids.add(id); });
    const free = namespace === '' && words === '';
    flowOf.forEach((element, i) => element.classList.toggle('off', !shown(i)));
    nodeOf.forEach((element, id) => element.classList.toggle('off', !free && !ids.has(id)));
    const groups = new Set([...ids].map(id => nodes.get(id).group));
    all('.group', svg).forEach(element => element.classList.toggle('off', !free && !groups.has(element.dataset.group)));
    pinned = undefined;
    settle();
    overview();
    fit(free ? [] : [...ids].map(id => nodeOf.get(id)));
  };

  // The panel.
  const flowLine = i => {
    const flow = data.flows[i];
    const line = make('button', 'row g-' + data.classes[flow.guard]);
    line.append(make('span', 'ends', nameOf(flow.src)), make('span', 'to', '\u2192'), make('span', 'ends', nameOf(flow.dst)), make('span', 'conn', flow.conn));
    line.addEventListener('click', () => pin({ flow: i }));
    line.addEventListener('mouseenter', () => lightFlow(i));
    line.addEventListener('mouseleave', settle);
    return line;
  };
  const list = (title, flows) => {
    if (flows.length === 0) return;
    panel.append(make('h3', '', title));
    flows = [...flows].sort((a, b) => names[a] < names[b] ? -1 : 1);
    flows.slice(0, 400).forEach(i => panel.append(flowLine(i)));
    if (flows.length > 400) panel.append(make('p', 'quiet', 'and ' + (flows.length - 400) + ' more: filter to see them'));
  };
  const overview = () => {
    const flows = data.flows.map((_, i) => i).filter(shown);
    panel.replaceChildren(make('h2', '', flows.length === 1 ? '1 flow' : flows.length + ' flows'), make('p', 'quiet', data.hint));
    list('Not guarded at both ends', flows.filter(i => data.flows[i].guard !== 'both ends'));
    list('Guarded at both ends', flows.filter(i => data.flows[i].guard === 'both ends'));
  };
  const back = () => {
    const button = make('button', 'back', '\u2190 all flows');
    button.addEventListener('click', () => pin());
    return button;
  };
  const showFlow = i => {
    const flow = data.flows[i];
    const title = make('h2');
    title.append(nameOf(flow.src), make('span', 'to', ' \u2192 '), nameOf(flow.dst));
    panel.replaceChildren(back(), title, make('p', 'big', flow.conn), make('p', 'guard g-' + data.classes[flow.guard], guardText(flow)));
    if (flow.rows > 1) panel.append(make('p', 'quiet', 'One line for ' + flow.rows + ' pairs that are treated alike; the story of one of them:'));
    for (const step of flow.story) {
      panel.append(make('h3', '', step.text));
      for (const reason of step.reasons) {
        panel.append(make('p', 'reason', reason.text));
        for (const file of reason.files) panel.append(make('p', 'file', file));
      }
    }
  };
  const showNode = id => {
    const node = nodes.get(id);
    panel.replaceChildren(back(), make('h2', '', nameOf(id)), make('p', 'quiet', node.subtitle));
    if (node.members.length > 1 || node.role === 'outside') {
      panel.append(make('h3', '', node.role === 'outside' ? 'Addresses' : 'Stands for'));
      node.members.forEach(member => panel.append(make('p', 'file', member)));
    }
    const flows = touching(id);
    list('Goes out', flows.filter(i => data.flows[i].src === id));
    list('Comes in', flows.filter(i => data.flows[i].dst === id));
    if (flows.length === 0) panel.append(make('p', 'quiet', 'Nothing may connect to it, and it may connect to nothing, but for what is noted at its namespace.'));
  };
  const pin = what => {
    pinned = what;
    settle();
    if (!what) overview();
    else if (what.flow !== undefined) showFlow(what.flow);
    else showNode(what.node);
    panel.scrollTop = 0;
  };

  // Pointing and clicking.
  const say = (event, ...lines) => {
    tip.replaceChildren(...lines.map((line, i) => make('div', i === 0 ? 'first' : '', line)));
    tip.hidden = false;
    const { offsetWidth: width, offsetHeight: height } = tip;
    tip.style.left = Math.max(8, Math.min(event.clientX + 14, innerWidth - width - 8)) + 'px';
    tip.style.top = (event.clientY + 18 + height > innerHeight ? event.clientY - height - 12 : event.clientY + 18) + 'px';
  };
  const wire = (element, enter, lines, what) => {
    element.addEventListener('mouseenter', event => { enter(); say(event, ...lines()); });
    element.addEventListener('mousemove', event => say(event, ...lines()));
    element.addEventListener('mouseleave', () => { tip.hidden = true; settle(); });
    element.addEventListener('click', event => { event.stopPropagation(); if (!dragged) pin(what); });
    element.addEventListener('keydown', event => { if (event.key === 'Enter' || event.key === ' ') { event.preventDefault(); pin(what); } });
    all('title', element).forEach(title => title.remove());
  };
  flowOf.forEach((element, i) => {
    const flow = data.flows[i];
    wire(element, () => lightFlow(i), () => [nameOf(flow.src) + ' \u2192 ' + nameOf(flow.dst), flow.conn, guardText(flow)], { flow: i });
  });
  nodeOf.forEach((element, id) => {
    const node = nodes.get(id);
    wire(element, () => lightNode(id), () => [nameOf(id), node.subtitle, touching(id).length + (touching(id).length === 1 ? ' flow' : ' flows')], { node: id });
  });
  stage.addEventListener('click', () => { if (!dragged) pin(); });
  document.addEventListener('keydown', event => { if (event.key === 'Escape') pin(); });

  // Moving and zooming.
  const [, , width, height] = svg.getAttribute('viewBox').split(' ').map(Number);
  let view = { x: 0, y: 0, w: width, h: height };
  let dragged = false;
  const look = next => {
    view = next;
    svg.setAttribute('viewBox', [view.x, view.y, view.w, view.h].join(' '));
  };
  const fit = elements => {
    const boxes = elements.map(element => element.getBBox());
    if (boxes.length === 0) return look(whole());
    const x = Math.min(...boxes.map(box => box.x)) - 60;
    const y = Math.min(...boxes.map(box => box.y)) - 80;
    const right = Math.max(...boxes.map(box => box.x + box.width)) + 60;
    const bottom = Math.max(...boxes.map(box => box.y + box.height)) + 60;
    look(padded(x, y, right - x, bottom - y));
  };
  // Never drawn larger than life.
  const padded = (x, y, w, h) => {
    const scale = Math.max(1, stage.clientWidth / w < stage.clientHeight / h ? w / stage.clientWidth : h / stage.clientHeight);
    const [wide, high] = [stage.clientWidth * scale, stage.clientHeight * scale];
    return { x: x - (wide - w) / 2, y: y - (high - h) / 2, w: wide, h: high };
  };
  const whole = () => padded(0, 0, width, height);
  stage.addEventListener('wheel', event => {
    event.preventDefault();
    const factor = Math.exp(event.deltaY * (event.ctrlKey ? 0.01 : 0.0015));
    const box = svg.getBoundingClientRect();
    const [px, py] = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
    const w = Math.min(Math.max(view.w * factor, 200), width * 6);
    const h = view.h * w / view.w;
    look({ x: view.x + (view.w - w) * px, y: view.y + (view.h - h) * py, w, h });
  }, { passive: false });
  let from;
  stage.addEventListener('pointerdown', event => { from = { x: event.clientX, y: event.clientY, view }; dragged = false; });
  addEventListener('pointermove', event => {
    if (!from) return;
    const [dx, dy] = [event.clientX - from.x, event.clientY - from.y];
    if (Math.abs(dx) + Math.abs(dy) > 4) dragged = true;
    if (dragged) look({ ...from.view, x: from.view.x - dx * from.view.w / stage.clientWidth, y: from.view.y - dy * from.view.h / stage.clientHeight });
  });
  addEventListener('pointerup', () => { from = undefined; });
  addEventListener('resize', () => look(whole()));

  // The controls.
  const select = document.getElementById('namespace');
  [...new Set(data.nodes.flatMap(node => node.namespace ? [node.namespace] : []))].sort().forEach(name => select.append(new Option(name, name)));
  select.addEventListener('change', () => { namespace = select.value; filter(); });
  document.getElementById('words').addEventListener('input', event => { words = event.target.value.trim().toLowerCase(); filter(); });
  document.getElementById('theme').addEventListener('click', () => {
    const dark = document.documentElement.dataset.theme ? document.documentElement.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
    document.documentElement.dataset.theme = dark ? 'light' : 'dark';
  });
  look(whole());
  overview();
  document.documentElement.dataset.ready = String(data.flows.length);
})();
`;
