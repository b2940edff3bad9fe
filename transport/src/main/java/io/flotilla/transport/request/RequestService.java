package io.flotilla.transport.request;

import java.nio.ByteBuffer;

/// Who serves a node's requests. Called on the connection's loop: it must not block, and answers
/// through the context, now or later. What it throws is answered for it: a
/// [io.flotilla.codec.CodecException] as refused, anything else as failed.
public interface RequestService {
  /// @param service the number the asker gave
  /// @param body readable only until this returns
  void onRequest(RequestContext context, byte service, ByteBuffer body);
}
