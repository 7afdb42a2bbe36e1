/** Where on control-plane nodes the API server's files are: it sees only what its pod mounts. */

/** Our own files. */
export const NODE_FOLDER = '/etc/kubernetes/secure-network';
/** Keys and certificates, which kubeadm mounts. */
const PKI = '/etc/kubernetes/pki';

/** Throws where the API server would not see the file. */
export function checkNodeFile(what: string, file: string): void {
  const seen = [NODE_FOLDER, PKI].some(folder => file.startsWith(`${folder}/`));
  if (!seen || file.split('/').includes('..') || /[\s,:]/.test(file)) {
    throw new Error(`${what} '${file}' is no file that the API server's pod sees: put it into ${PKI}/ or ${NODE_FOLDER}/ on each control-plane node, and name it there`);
  }
}
