package io.flotilla.keyspace;

import java.util.Objects;

/// One replica of a range: which peer it is, on which store, and what it counts for. A value.
public final class ReplicaDescriptor {
  // A store knows very many of these, so the peer is a number: its object is made when asked for.
  private final long peer;
  private final StoreId store;
  private final ReplicaKind kind;

  public ReplicaDescriptor(PeerId peer, StoreId store, ReplicaKind kind) {
    this.peer = peer.value();
    this.store = Objects.requireNonNull(store);
    this.kind = Objects.requireNonNull(kind);
  }

  public PeerId peer() {
    return new PeerId(peer);
  }

  public boolean isPeer(PeerId other) {
    return other.value() == peer;
  }

  public StoreId store() {
    return store;
  }

  public ReplicaKind kind() {
    return kind;
  }

  public ReplicaDescriptor withKind(ReplicaKind newKind) {
    return new ReplicaDescriptor(peer(), store, newKind);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ReplicaDescriptor that
        && peer == that.peer
        && store.equals(that.store)
        && kind == that.kind;
  }

  @Override
  public int hashCode() {
    return (Long.hashCode(peer) * 31 + store.hashCode()) * 31 + kind.ordinal();
  }

  @Override
  public String toString() {
    return peer + "@" + store + (kind == ReplicaKind.VOTER ? "" : ":" + kind);
  }
}
