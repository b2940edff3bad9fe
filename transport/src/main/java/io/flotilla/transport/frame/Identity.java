package io.flotilla.transport.frame;

/// Who stands at an end of a connection.
///
/// @param cluster the cluster's id; empty: a client that takes any
/// @param store the store's id; 0: a client
public record Identity(String cluster, long store) {
  /// The longest cluster id, in bytes of UTF-8.
  public static final int CLUSTER_BYTES_MAX = 128;

  /// A client that asks whoever answers.
  public static final Identity ANYBODY = new Identity("", 0);

  public Identity {
    if (store < 0) {
      throw new IllegalArgumentException("negative store id " + store);
    }
  }

  public boolean isStore() {
    return store != 0;
  }

  /// "store 3" or "client".
  public String role() {
    return isStore() ? "store " + store : "client";
  }
}
