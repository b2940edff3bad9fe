package io.flotilla.transport.request;

import java.nio.ByteBuffer;

/// What becomes of a request: exactly one of the two is called, once, on the loop of its
/// connection; or in the submitting call itself if the request is refused at once.
public interface ResponseHandler {
  /// @param body readable only until this returns
  void onResponse(ByteBuffer body);

  void onFailure(RequestFailure failure);
}
