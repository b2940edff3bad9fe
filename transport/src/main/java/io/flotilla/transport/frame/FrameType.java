package io.flotilla.transport.frame;

/// The first byte of a frame (docs/formats.md).
public final class FrameType {
  public static final int HELLO = 1;
  public static final int WELCOME = 2;
  public static final int REFUSED = 3;
  public static final int RANGE_MESSAGES = 16;
  public static final int SNAPSHOT_MESSAGE = 17;
  public static final int STORE_BEAT = 18;
  public static final int REQUESTS = 32;
  public static final int RESPONSES = 33;
  public static final int PING = 34;
  public static final int PONG = 35;

  private FrameType() {}
}
