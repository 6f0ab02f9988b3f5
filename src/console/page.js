// Asks once a second what has passed, and draws the difference. All texts go in as text, never as markup.
'use strict';

const EVERY_MS = 1000, SPAN = 60, MOST_ROWS = 100;
const byId = (id) => document.getElementById(id);
const seen = new Map(); // key of a meter -> {at, value, rates}
let chosen = null; // {kind, place, name, streams, stream}

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

const count = (n) => n >= 1e6 ? `${(n / 1e6).toFixed(1)} M` : n >= 1e4 ? `${(n / 1e3).toFixed(1)} k` : String(Math.round(n));
const size = (n) => n >= 2 ** 30 ? `${(n / 2 ** 30).toFixed(1)} GiB` : n >= 2 ** 20 ? `${(n / 2 ** 20).toFixed(1)} MiB`
  : n >= 1024 ? `${(n / 1024).toFixed(1)} KiB` : `${n} B`;
const lasting = (ms) => ms < 1000 ? `${ms} ms` : ms < 120000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 60000)} min`;
const last = (arn) => arn.split(/[:/]/).pop();

// Per second since the last answer, kept for the last minute.
function rate(key, value, now) {
  const before = seen.get(key);
  const rates = before ? before.rates : [];
  if (before && now > before.at) {
    rates.push(Math.max(0, value - before.value) * 1000 / (now - before.at));
    if (rates.length > SPAN) rates.shift();
  }
  seen.set(key, { at: now, value, rates });
  return rates;
}

function curve(rates) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', `0 0 ${SPAN - 1} 28`);
  svg.setAttribute('preserveAspectRatio', 'none');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  const top = Math.max(1, ...rates), from = SPAN - rates.length;
  path.setAttribute('d', rates.map((r, i) => `${i ? 'L' : 'M'}${from + i} ${(27 - 26 * r / top).toFixed(1)}`).join(''));
  svg.append(path);
  return svg;
}

function fact(card, label, value, bad) {
  const line = element('div', bad ? 'fact bad' : 'fact');
  line.append(element('span', '', label), element('span', '', value));
  card.append(line);
}

function traffic(card, label, key, totals, now) {
  const rates = rate(key, totals.records, now);
  fact(card, label, `${count(rates.at(-1) ?? 0)}/s · ${count(totals.records)} · ${size(totals.bytes)}`);
  return rates;
}

function card(kind, of, tag) {
  const key = `${kind}/${of.account}/${of.region}/${of.name}`;
  const made = element(kind === 'delivery' ? 'div' : 'button', 'card');
  made.dataset.key = key;
  if (made.tagName === 'BUTTON') {
    made.type = 'button';
    made.addEventListener('click', () => choose(kind, of, key));
  }
  if (chosen && chosen.key === key) {
    made.classList.add('chosen');
    chosen.streams = of.in_application_streams;
  }
  made.append(element('span', 'tag', tag), element('div', 'name', of.name));
  if (of.account !== '000000000000') made.append(element('div', 'from', `${of.account}, ${of.region}`));
  return [made, key];
}

function stream(of, now) {
  const [made, key] = card('stream', of, `${of.region} · ${of.open_shards} shard${of.open_shards === 1 ? '' : 's'}`);
  const rates = traffic(made, 'in', `${key}/in`, of.incoming, now);
  made.append(curve(rates));
  traffic(made, 'read by clients', `${key}/out`, of.outgoing, now);
  if (of.iterator_age_ms) fact(made, 'readers are behind by', lasting(of.iterator_age_ms));
  for (const consumer of of.consumers) {
    traffic(made, `pushed to ${consumer.name}`, `${key}/to/${consumer.name}`, consumer.pushed, now);
    if (consumer.behind_ms) fact(made, `${consumer.name} is behind by`, lasting(consumer.behind_ms));
  }
  const throttled = of.write_throttled + of.read_throttled;
  if (throttled) fact(made, 'throttled', count(throttled), true);
  return made;
}

function application(of, now) {
  const [made, key] = card('application', of, `${of.status} · version ${of.version}`);
  for (const arn of of.reads) made.append(element('div', 'from', `← ${last(arn)}`));
  if (of.running) {
    const rates = traffic(made, 'in', `${key}/in`, of.running.input, now);
    made.append(curve(rates));
    traffic(made, 'out', `${key}/out`, of.running.output, now);
    if (of.running.behind_ms) fact(made, 'behind by', lasting(of.running.behind_ms));
    if (of.running.error_rows) fact(made, 'rows of error_stream', count(of.running.error_rows), true);
  }
  for (const [name, arn] of of.writes) made.append(element('div', 'from', `${name} → ${last(arn)}`));
  return made;
}

function delivery(of, now) {
  const [made, key] = card('delivery', of, of.region);
  if (of.reads) made.append(element('div', 'from', `← ${last(of.reads)}`));
  else traffic(made, 'put by producers', `${key}/in`, of.incoming, now);
  for (const one of of.deliveries) {
    const rates = traffic(made, one.to === 'backup' ? 'backed up' : 'delivered', `${key}/${one.to}`, one.delivered, now);
    if (one.to !== 'backup') made.append(curve(rates));
    if (one.backlog) fact(made, 'wait', `${count(one.backlog)} for ${lasting(one.freshness_ms)}`);
  }
  made.append(element('div', 'from', `→ ${of.destination}`));
  return made;
}

function fill(id, all, draw, now, none) {
  const focus = document.activeElement && document.activeElement.dataset.key;
  const cards = all.map((one) => draw(one, now));
  byId(id).replaceChildren(...(cards.length ? cards : [element('p', 'empty', none)]));
  const again = focus && cards.find((made) => made.dataset.key === focus);
  if (again) again.focus({ preventScroll: true });
}

function choose(kind, of, key) {
  const streams = kind === 'stream' ? null : of.in_application_streams;
  chosen = { kind, of, key, streams, stream: streams && (streams.find((name) => name !== 'error_stream') ?? streams[0]) };
  byId('look').hidden = false;
  byId('hold').checked = false;
  look();
}

async function look() {
  if (!chosen || byId('hold').checked) return;
  const { kind, of, streams, stream: name } = chosen;
  byId('look-title').textContent = kind === 'stream' ? `${of.name}: newest records` : `${of.name}: newest rows`;
  byId('tabs').replaceChildren(...(streams ?? []).map((each) => {
    const tab = element('button', '', each);
    tab.type = 'button';
    tab.role = 'tab';
    tab.setAttribute('aria-selected', String(each === name));
    tab.addEventListener('click', () => { chosen.stream = each; byId('hold').checked = false; look(); });
    return tab;
  }));
  const whose = `account=${of.account}&region=${of.region}&limit=${MOST_ROWS}`;
  if (kind !== 'stream' && !name) return table([], 'it does not run');
  const path = kind === 'stream' ? `kinesis/${encodeURIComponent(of.name)}/records`
    : `analytics/${encodeURIComponent(of.name)}/streams/${encodeURIComponent(name)}`;
  const answer = await fetch(`${path}?${whose}`).catch(() => null);
  if (!answer) return;
  if (!answer.ok) return table([], await answer.text());
  const body = await answer.json();
  const shown = (record) => ({
    arrival: new Date(record.arrival_ms).toISOString(), shard: record.shard_id.replace(/^shardId-0*(?=\d)/, ''), key: record.partition_key,
    bytes: record.bytes, data: record.text ?? `base64 ${record.base64}`,
  });
  table((body.rows ?? body.records.map(shown)).reverse(), 'nothing yet');
}

function table(rows, none) {
  const columns = rows.length ? Object.keys(rows[0]) : [none];
  const row = (cells, tag) => {
    const made = element('tr');
    made.append(...cells.map((cell) => element(tag, '', cell === null ? '' : String(cell))));
    return made;
  };
  byId('columns').replaceChildren(row(columns, 'th'));
  byId('rows').replaceChildren(...rows.map((one) => row(columns.map((column) => one[column] ?? ''), 'td')));
}

async function turn() {
  const state = byId('state');
  try {
    const answer = await fetch('flow');
    if (!answer.ok) throw new Error(await answer.text());
    const flow = await answer.json(), now = performance.now();
    fill('streams', flow.streams, stream, now, 'none yet: aws kinesis create-stream --stream-name demo --shard-count 1');
    fill('applications', flow.applications, application, now, 'none yet');
    fill('delivery_streams', flow.delivery_streams, delivery, now, 'none yet');
    state.className = '';
    state.textContent = `what flows, each second; rates, and totals since the server began`;
    await look();
  } catch (error) {
    state.className = 'lost';
    state.textContent = `no answer: ${error.message}; asking again`;
  }
  setTimeout(turn, document.hidden ? 5 * EVERY_MS : EVERY_MS);
}

byId('close').addEventListener('click', () => { chosen = null; byId('look').hidden = true; });
turn();
