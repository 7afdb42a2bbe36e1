import { requestsFor, saysRow } from '../../engines/mesh/requests';

const get = (path: string, method = 'GET') => ({ method, host: 'orders.store', path });
const row = (conn: string, ...where: string[]) => ({ src: 'store/web[Deployment]', dst: 'store/orders[Deployment]', conn, where: where.length ? where : undefined });

describe('10. what a row says of a request', () => {
  test('a port without a condition takes every request, and a port that is not open takes none', () => {
    expect(saysRow(row('TCP 80,90-95,UDP 53'), 93, get('/'))).toBe(true);
    expect(saysRow(row('TCP 80,90-95,UDP 53'), 53, get('/'))).toBe(false);
    expect(saysRow(row('All Connections'), 1, get('/'))).toBe(true);
  });

  test('every part of a condition has to hold, in one of its values', () => {
    const some = row('TCP 8080', 'TCP 8080 where method GET|HEAD, path /orders/*');
    expect([get('/orders/1'), get('/orders/1', 'HEAD')].map(each => saysRow(some, 8080, each))).toEqual([true, true]);
    expect([get('/orders'), get('/orders/1', 'DELETE'), get('/')].map(each => saysRow(some, 8080, each))).toEqual([false, false, false]);
  });

  test('one of several conditions is enough, each on its own ports', () => {
    const some = row('TCP 80,8080', 'TCP 80 where path /a', 'TCP 8080 where method GET', 'TCP 8080 where path *z');
    expect(saysRow(some, 8080, get('/z', 'PUT'))).toBe(true);
    expect(saysRow(some, 8080, get('/a', 'PUT'))).toBe(false);
    expect(saysRow(some, 80, get('/z'))).toBe(false);
  });

  test('what is excluded, and what no request tells', () => {
    const some = row('TCP 8080', 'TCP 8080 where method GET, not path /admin*');
    expect([get('/'), get('/admin/x')].map(each => saysRow(some, 8080, each))).toEqual([true, false]);
    expect(saysRow(row('TCP 8080', 'TCP 8080 where method GET, request.auth.claims[role] admin'), 8080, get('/'))).toBeUndefined();
    expect(saysRow(row('TCP 8080', 'TCP 8080 where method GET, request.auth.claims[role] admin'), 8080, get('/', 'PUT'))).toBe(false);
  });

  test('the requests that are made tell a condition from the one beside it', () => {
    const made = requestsFor([row('TCP 8080', 'TCP 8080 where method GET, path /orders/*')], 'orders.store');
    const taken = (where: string) => made.map(request => saysRow(row('TCP 8080', `TCP 8080 where ${where}`), 8080, request));
    const meant = taken('method GET, path /orders/*');
    expect(meant).toContain(true);
    for (const other of ['path /orders/*', 'method GET', 'method GET, path /orders*', 'method GET, path /orders/', 'method GET, path /orders/1*']) expect(taken(other)).not.toEqual(meant);
  });
});
