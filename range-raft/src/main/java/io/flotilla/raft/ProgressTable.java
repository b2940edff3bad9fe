package io.flotilla.raft;

import io.flotilla.keyspace.PeerId;
import io.flotilla.raft.membership.Membership;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A leader's progress of all other peers of the membership, sorted by peer.
final class ProgressTable {
  private final PeerId self;
  private List<Progress> followers = List.of();

  ProgressTable(PeerId self) {
    this.self = self;
  }

  /// As it was when the group rested.
  ProgressTable(PeerId self, RestReader in) {
    this.self = self;
    int size = in.count();
    List<Progress> read = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      read.add(new Progress(in));
    }
    this.followers = List.copyOf(read);
  }

  boolean mayRest() {
    return followers.stream().allMatch(Progress::mayRest);
  }

  void rest(RestWriter out) {
    out.number(followers.size());
    followers.forEach(each -> each.rest(out));
  }

  List<Progress> followers() {
    return followers;
  }

  @Nullable Progress of(PeerId peer) {
    for (int i = 0; i < followers.size(); i++) {
      if (followers.get(i).peer().equals(peer)) {
        return followers.get(i);
      }
    }
    return null;
  }

  long matchOf(PeerId peer) {
    Progress follower = of(peer);
    return follower == null ? 0 : follower.match();
  }

  long roundOf(PeerId peer) {
    Progress follower = of(peer);
    return follower == null ? 0 : follower.round();
  }

  void trim() {
    followers.forEach(Progress::trim);
  }

  /// Keeps who stays (also when a learner became a voter), drops who left, starts whoever is new.
  void adopt(Membership membership, long next, long now) {
    List<Progress> updated = new ArrayList<>();
    for (PeerId peer : membership.peers()) {
      if (peer.equals(self)) {
        continue;
      }
      Progress known = of(peer);
      updated.add(known != null ? known : new Progress(peer, next, now));
    }
    followers = List.copyOf(updated);
  }
}
