package io.flotilla.raft;

import io.flotilla.keyspace.PeerId;
import io.flotilla.raft.membership.Membership;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// A replicated state for tests, as a value: how far it got, a digest of all it applied in order,
/// and the membership.
record Machine(EntryId applied, long digest, Membership membership) {
  static final Membership NOBODY = Membership.ofVoters(List.of());

  static Machine starting(Membership membership) {
    return new Machine(EntryId.ZERO, 17, membership);
  }

  Machine apply(Entry entry) {
    if (entry.index() != applied.index() + 1) {
      throw new AssertionError(entry + " applied after " + applied);
    }
    long mixed = digest;
    for (byte b : entry.payload()) {
      mixed = mixed * 31 + b;
    }
    mixed = mixed * 31 + entry.id().hashCode();
    Membership next =
        entry.kind() == EntryKind.MEMBERSHIP ? parse(text(entry.payload())) : membership;
    return new Machine(entry.id(), mixed, next);
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static String text(byte[] payload) {
    return new String(payload, StandardCharsets.UTF_8);
  }

  /// `voters/outgoing/learners`, each a list such as `1,2,3`; trailing parts may be left out.
  static Membership parse(String text) {
    String[] parts = text.split("/", -1);
    return new Membership(
        peers(parts[0]),
        peers(parts.length > 1 ? parts[1] : ""),
        peers(parts.length > 2 ? parts[2] : ""));
  }

  static String format(Membership membership) {
    return join(membership.voters())
        + "/"
        + join(membership.outgoing())
        + "/"
        + join(membership.learners());
  }

  private static List<PeerId> peers(String list) {
    List<PeerId> peers = new ArrayList<>();
    for (String peer : list.split(",", -1)) {
      if (!peer.isEmpty()) {
        peers.add(new PeerId(Long.parseLong(peer)));
      }
    }
    return peers;
  }

  private static String join(List<PeerId> peers) {
    return String.join(",", peers.stream().map(PeerId::toString).toList());
  }
}
