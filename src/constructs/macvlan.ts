/** The interface that an `EgressRouter` has on the network outside. */
export interface MacvlanProps {
  /** The router's own address there, with the length of its network's prefix: `192.168.12.99/24`. */
  readonly address: string;

  /** The way on from that network: `192.168.12.1`. */
  readonly gateway: string;
}
