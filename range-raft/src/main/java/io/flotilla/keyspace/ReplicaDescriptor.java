package io.flotilla.keyspace;

/// One replica of a range: which peer it is, on which store, and what it counts for.
public record ReplicaDescriptor(PeerId peer, StoreId store, ReplicaKind kind) {
  public ReplicaDescriptor withKind(ReplicaKind newKind) {
    return new ReplicaDescriptor(peer, store, newKind);
  }

  @Override
  public String toString() {
    return peer + "@" + store + (kind == ReplicaKind.VOTER ? "" : ":" + kind);
  }
}
