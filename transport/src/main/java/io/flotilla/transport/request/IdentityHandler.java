package io.flotilla.transport.request;

import io.flotilla.transport.frame.Identity;

/// What becomes of the question who listens at an address: exactly one of the two is called, once.
public interface IdentityHandler {
  void onIdentity(Identity identity);

  void onFailure(RequestFailure failure);
}
