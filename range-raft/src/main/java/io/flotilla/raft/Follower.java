package io.flotilla.raft;

import io.flotilla.keyspace.PeerId;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// Follows `leader`, or waits to hear of one.
final class Follower implements Role {
  /// A read that was forwarded to the leader and is given up at tick `expires`.
  private record Forwarded(long context, long expires) {}

  private final @Nullable PeerId leader;
  private List<Forwarded> forwarded = List.of();
  private long ticks;
  private boolean campaignOnceApplied;

  Follower(@Nullable PeerId leader) {
    this.leader = leader;
  }

  /// As it was when the group rested.
  Follower(RestReader in) {
    this.leader = in.peerOrNull();
    this.ticks = in.number();
    this.campaignOnceApplied = in.flag();
  }

  /// True if nobody waits for a leader's answer.
  boolean mayRest() {
    return forwarded.isEmpty();
  }

  void rest(RestWriter out) {
    out.peer(leader);
    out.number(ticks);
    out.flag(campaignOnceApplied);
  }

  @Override
  public RoleKind kind() {
    return RoleKind.FOLLOWER;
  }

  @Override
  public @Nullable PeerId leader() {
    return leader;
  }

  /// The leader handed over, but a membership change has to be applied before we may campaign.
  void campaignOnceApplied() {
    campaignOnceApplied = true;
  }

  boolean isToCampaignOnceApplied() {
    return campaignOnceApplied;
  }

  void forwarded(long context, int expiresInTicks) {
    if (forwarded.isEmpty()) {
      forwarded = new ArrayList<>();
    }
    forwarded.add(new Forwarded(context, ticks + expiresInTicks));
  }

  /// The leader answered. False: this read is not waited for any more.
  boolean answered(long context) {
    return !forwarded.isEmpty() && forwarded.removeIf(read -> read.context() == context);
  }

  /// One tick passed; reads that were not answered in time are given to `expired`.
  void tick(LongConsumer expired) {
    ticks++;
    Iterator<Forwarded> oldestFirst = forwarded.iterator();
    while (oldestFirst.hasNext()) {
      Forwarded read = oldestFirst.next();
      if (read.expires() > ticks) {
        return;
      }
      oldestFirst.remove();
      expired.accept(read.context());
    }
  }

  /// All forwarded reads, which will not be answered now.
  void abandon(LongConsumer expired) {
    forwarded.forEach(read -> expired.accept(read.context()));
    forwarded = List.of();
  }
}
