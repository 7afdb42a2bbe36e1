// kms-plugin stands for the key management service of a cluster: it keeps a key in memory, and encrypts and decrypts by KMS v2 at a socket.
// Its key is gone when it ends, so it is of no use but to show that kube-apiserver asks it.
//
//	kms-plugin SOCKET
package main

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"fmt"
	"os"
	"time"

	"k8s.io/kms/pkg/service"
)

const keyID = "kept-in-memory"

type keeper struct{ aead cipher.AEAD }

func (k keeper) Encrypt(_ context.Context, _ string, plaintext []byte) (*service.EncryptResponse, error) {
	nonce := make([]byte, k.aead.NonceSize())
	if _, err := rand.Read(nonce); err != nil {
		return nil, err
	}
	return &service.EncryptResponse{Ciphertext: k.aead.Seal(nonce, nonce, plaintext, nil), KeyID: keyID}, nil
}

func (k keeper) Decrypt(_ context.Context, _ string, request *service.DecryptRequest) ([]byte, error) {
	size := k.aead.NonceSize()
	if request.KeyID != keyID || len(request.Ciphertext) < size {
		return nil, fmt.Errorf("not encrypted here")
	}
	return k.aead.Open(nil, request.Ciphertext[:size], request.Ciphertext[size:], nil)
}

func (k keeper) Status(context.Context) (*service.StatusResponse, error) {
	return &service.StatusResponse{Version: "v2", Healthz: "ok", KeyID: keyID}, nil
}

func main() {
	if err := serve(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "kms-plugin:", err)
		os.Exit(1)
	}
}

func serve(args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("usage: kms-plugin SOCKET")
	}
	key := make([]byte, 32)
	if _, err := rand.Read(key); err != nil {
		return err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return err
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return err
	}
	return service.NewGRPCService(args[0], 5*time.Second, keeper{aead}).ListenAndServe()
}
