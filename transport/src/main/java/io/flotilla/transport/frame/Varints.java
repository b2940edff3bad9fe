package io.flotilla.transport.frame;

import io.netty.buffer.ByteBuf;

/// Varints (as in `codec`) into Netty's buffers.
public final class Varints {
  private Varints() {}

  public static void write(ByteBuf target, long value) {
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      target.writeByte((int) (rest | 0x80));
      rest >>>= 7;
    }
    target.writeByte((int) rest);
  }
}
