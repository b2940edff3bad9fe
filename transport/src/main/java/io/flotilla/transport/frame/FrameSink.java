package io.flotilla.transport.frame;

import java.nio.ByteBuffer;

/// Who takes a connection's frames, in its present phase. Called on the connection's loop.
public interface FrameSink {
  /// A frame's body, readable only until this returns.
  ///
  /// @throws io.flotilla.codec.CodecException if it is none of this connection's: the connection is
  ///   closed and the reason logged
  void onFrame(int type, ByteBuffer body);

  /// Bytes came, though maybe not yet a whole frame.
  default void onBytes() {}

  /// The other side takes more bytes again, or no more for now.
  default void onWritable(boolean writable) {}

  /// The connection is gone; called once, and nothing after it.
  void onClosed(String reason);
}
