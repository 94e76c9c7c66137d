// The client's own figures, as it counts them: where pictures came from, how fast, and what was not asked for.

import type { AvatarStats } from '../core/types.ts';
import { useAvatarStats } from '../react/entry.tsx';
import { Icon } from './icons.tsx';
import { kilobytes, milliseconds, percent, SOURCES } from './words.ts';

/** The panel; `isLocal` where the operator's own page is on the same machine. */
export function LivePanel({ isLocal }: { readonly isLocal: boolean }) {
  const stats = useAvatarStats();
  return (
    <aside className="panel" id="live" aria-labelledby="live-title" tabIndex={-1}>
      <h2 id="live-title">Live</h2>
      <HitRate stats={stats} />
      <Figures stats={stats} />
      <Capabilities capabilities={stats.capabilities} />
      {isLocal && (
        <p className="hint">
          <a className="aside-link" href="/local/">
            What the system is doing
          </a>
        </p>
      )}
    </aside>
  );
}

/** The same in a line, which on a phone leads down to the panel. */
export function LiveStrip() {
  const { hitRate, requests, bySource, apiCalls } = useAvatarStats();
  const fastest = SOURCES.map(([name]) => bySource[name]).find(({ count }) => count > 0);
  return (
    <nav className="strip" aria-label="Figures">
      <a className="strip-link" href="#live">
        <b>{requests ? percent(hitRate) : '–'}</b> from cache
        <span className="strip-rest">
          {fastest && <span>p50 {milliseconds(fastest.p50)}</span>}
          <span>
            {apiCalls} API {apiCalls === 1 ? 'call' : 'calls'}
          </span>
        </span>
      </a>
    </nav>
  );
}

function HitRate({
  stats: { requests, hits, hitRate, bySource },
}: {
  readonly stats: AvatarStats;
}) {
  return (
    <section className="card" aria-labelledby="rate-title">
      <h3 id="rate-title">Pictures without the network</h3>
      <p className="rate">
        <b>{requests ? percent(hitRate) : '–'}</b>
        <span className="hint">
          {hits} of {requests}
        </span>
      </p>
      <div className="bar" aria-hidden="true">
        {SOURCES.filter(([name]) => bySource[name].count > 0).map(([name]) => (
          <span key={name} data-source={name} style={{ flexGrow: bySource[name].count }} />
        ))}
      </div>
      <table>
        <thead>
          <tr>
            <th scope="col">From</th>
            <th scope="col">Pictures</th>
            <th scope="col">p50</th>
            <th scope="col">p95</th>
          </tr>
        </thead>
        <tbody>
          {SOURCES.map(([name, label]) => {
            const { count, p50, p95 } = bySource[name];
            return (
              <tr key={name} data-empty={count === 0 || undefined}>
                <th scope="row">
                  <span className="dot" data-source={name} />
                  {label}
                </th>
                <td>{count}</td>
                <td>{count ? milliseconds(p50) : '–'}</td>
                <td>{count ? milliseconds(p95) : '–'}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

function Figures({ stats }: { readonly stats: AvatarStats }) {
  const { apiCalls, apiCallsSaved, livePolls, edge, bytes, errors } = stats;
  const failures = Object.entries(errors);
  const figures = [
    ['API calls', apiCalls],
    ['Calls saved', apiCallsSaved],
    ['Live polls', livePolls],
    ['Edge hits', `${edge.hits} of ${edge.hits + edge.misses}`],
    ['Downloaded', kilobytes(bytes.network)],
    ['In memory', kilobytes(bytes.memory)],
  ] as const;
  return (
    <section aria-label="Calls">
      <dl className="tiles">
        {figures.map(([name, value]) => (
          <div key={name} className="card">
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {failures.length > 0 && (
        <p className="hint failures">
          Failed: {failures.map(([code, count]) => `${code} × ${count}`).join(', ')}
        </p>
      )}
    </section>
  );
}

const STORES = [
  ['localStorage', 'localStorage'],
  ['indexedDb', 'IndexedDB'],
  ['serviceWorker', 'Service worker'],
  ['broadcastChannel', 'Other tabs'],
] as const satisfies readonly (readonly [keyof AvatarStats['capabilities'], string])[];

function Capabilities({ capabilities }: Pick<AvatarStats, 'capabilities'>) {
  return (
    <section className="card" aria-labelledby="stores-title">
      <h3 id="stores-title">What this browser lets it use</h3>
      <ul className="chips">
        {STORES.map(([name, label]) => (
          <li key={name} data-there={capabilities[name]}>
            <Icon name={capabilities[name] ? 'check' : 'cross'} />
            {label}
            <span className="visually-hidden">{capabilities[name] ? ': yes' : ': no'}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
