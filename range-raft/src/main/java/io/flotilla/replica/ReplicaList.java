package io.flotilla.replica;

import io.flotilla.keyspace.Invariant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Replicas of one loop that tick, or that sleep for the same reason. A replica is in one list at
/// most; coming and going cost the same however long a list is. Whoever leaves gives its slot to
/// the last one.
public final class ReplicaList {
  private final List<RangeReplica> members = new ArrayList<>();
  private int turn;

  /// Knows where it is.
  abstract static class Member {
    private @Nullable ReplicaList list;
    private int slot;

    private void place(@Nullable ReplicaList newList, int newSlot) {
      list = newList;
      slot = newSlot;
    }
  }

  public int size() {
    return members.size();
  }

  public RangeReplica get(int slot) {
    return members.get(slot);
  }

  /// One after the other, round and round; there must be one.
  public RangeReplica next() {
    turn = turn < members.size() ? turn : 0;
    return members.get(turn++);
  }

  /// Takes the replica out of the list it is in and into this one, at the end.
  public void take(RangeReplica replica) {
    drop(replica);
    ((Member) replica).place(this, members.size());
    members.add(replica);
  }

  /// Takes the replica out of whatever list it is in.
  public static void drop(RangeReplica replica) {
    Member member = replica;
    if (member.list != null) {
      member.list.remove(replica);
      member.place(null, 0);
    }
  }

  private void remove(RangeReplica replica) {
    int slot = ((Member) replica).slot;
    Invariant.check(members.get(slot) == replica, "a replica is where it says", slot);
    RangeReplica last = members.removeLast();
    if (last != replica) {
      members.set(slot, last);
      ((Member) last).place(this, slot);
    }
  }
}
