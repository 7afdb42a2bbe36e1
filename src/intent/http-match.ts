import { compareText } from './port';

/** One condition on a header. */
interface HeaderMatch {
  readonly name: string;
  readonly value: string;
}

/** What a request is asked about, as plain data: everything named has to hold, of each list one. */
export interface HttpCondition {
  readonly methods: readonly string[];
  /** Exact, or everything below where it ends in `/*`. */
  readonly paths: readonly string[];
  readonly hosts: readonly string[];
  readonly headers: readonly HeaderMatch[];
}

/** More of what a request has to be like. */
export interface HttpMatchOptions {
  /**
   * The hosts that the request may be for, such as `shop.example`.
   *
   * @default - any
   */
  readonly hosts?: string[];

  /**
   * Headers that the request has to have, each with exactly this value. Clients choose their headers: they tell requests apart, and say
   * nothing about who sends them.
   *
   * @default - any
   */
  readonly headers?: Record<string, string>;
}

/**
 * Requests that a flow is for. Only a mesh can tell requests apart, at the destination; without one it is refused.
 *
 *   frontend.connections.allowTo(api, { http: [HttpMatch.get('/orders/*')] });
 *
 * A path is meant exactly, or with all that is below it where it ends in `/*`. Requests are allowed, never denied: what no match names stays
 * closed, so a path written otherwise (`//orders`, `%2forders`) leads nowhere.
 */
export class HttpMatch {
  /** Reading. */
  public static get(path: string, options: HttpMatchOptions = {}): HttpMatch {
    return HttpMatch.of('GET', path, options);
  }

  /** Asking for what a reading would answer, without the answer. */
  public static head(path: string, options: HttpMatchOptions = {}): HttpMatch {
    return HttpMatch.of('HEAD', path, options);
  }

  /** Making something, and whatever else has no method of its own. gRPC calls are of this kind: `HttpMatch.post('/shop.Orders/List')`. */
  public static post(path: string, options: HttpMatchOptions = {}): HttpMatch {
    return HttpMatch.of('POST', path, options);
  }

  /** Replacing. */
  public static put(path: string, options: HttpMatchOptions = {}): HttpMatch {
    return HttpMatch.of('PUT', path, options);
  }

  /** Changing. */
  public static patch(path: string, options: HttpMatchOptions = {}): HttpMatch {
    return HttpMatch.of('PATCH', path, options);
  }

  /** Removing. */
  public static delete(path: string, options: HttpMatchOptions = {}): HttpMatch {
    return HttpMatch.of('DELETE', path, options);
  }

  /** Whatever is done with a path. */
  public static any(path: string, options: HttpMatchOptions = {}): HttpMatch {
    return HttpMatch.of(undefined, path, options);
  }

  /** Any other method, as a request has it. @internal */
  public static _method(method: string, path: string, options: HttpMatchOptions = {}): HttpMatch {
    return HttpMatch.of(method, path, options);
  }

  private static of(method: string | undefined, path: string, { hosts = [], headers = {} }: HttpMatchOptions): HttpMatch {
    if (!PATH.test(path)) {
      throw new Error(`path '${path}' is not one that a request can be matched by: begin it with '/', end it in '/*' to mean all that is below, and use no '*', '?' or '#' elsewhere`);
    }
    if (/\/\/|\/\.{1,2}(\/|$)|%2f/i.test(path)) throw new Error(`path '${path}' is written otherwise once the mesh has read it: write it without '//', '/.', '/..' and '%2f'`);
    for (const host of hosts) if (!HOST.test(host)) throw new Error(`host '${host}' is not one that a request can be for: write it in full and in lowercase, such as shop.example`);
    const pairs = Object.entries(headers).map(([name, value]) => ({ name: name.toLowerCase(), value })).sort((a, b) => compareText(a.name, b.name));
    for (const { name, value } of pairs) {
      if (!HEADER.test(name)) throw new Error(`header '${name}' is not the name of a header: letters, digits and '-' only`);
      if (value === '' || /[*\r\n]/.test(value)) throw new Error(`header '${name}' has the value '${value}': give the exact value, without '*'`);
    }
    return new HttpMatch({ methods: method ? [method] : [], paths: [path], hosts: [...new Set(hosts)].sort(compareText), headers: pairs });
  }

  /** @internal */
  public readonly _condition: HttpCondition;

  private constructor(condition: HttpCondition) {
    this._condition = condition;
  }

  /** `GET /orders/*`, with hosts and headers where there are any. */
  public toString(): string {
    return textOf(this._condition);
  }
}

const PATH = /^\/$|^\/\*$|^(\/[^/*?#\s{}]+)+(\/\*|\/)?$/;
const HOST = /^(?=.{1,253}$)([a-z0-9]([-a-z0-9]*[a-z0-9])?\.)*[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const HEADER = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

export function textOf({ methods, paths, hosts, headers }: HttpCondition): string {
  const words = [methods.join('|'), `${hosts.join('|')}${paths.join('|')}`, ...headers.map(({ name, value }) => `${name}: ${value}`)];
  return words.filter(word => word !== '').join(' ');
}
