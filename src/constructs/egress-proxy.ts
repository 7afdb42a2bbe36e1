/** What stands between the callers of an `EgressRouter` and its destination. */
export enum EgressProxy {
  /** HAProxy, in pods of their own. Its callers need no mesh; in one, it is a workload like any other. */
  HAPROXY = 'haproxy',

  /** A gateway of the mesh. It takes mutual TLS alone, knows each caller by its identity, and leads on whatever is inside, TLS of the caller's own included. Its destination is an address. */
  MESH_GATEWAY = 'mesh-gateway',
}
