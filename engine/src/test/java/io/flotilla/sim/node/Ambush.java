package io.flotilla.sim.node;

import io.flotilla.codec.Command.MembershipCommand;
import io.flotilla.codec.Command.SplitCommand;
import io.flotilla.codec.CommandCodec;
import io.flotilla.engine.node.SimulatedNode;
import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.ReplicaDescriptor;
import io.flotilla.keyspace.ReplicaKind;
import io.flotilla.keyspace.StoreId;
import io.flotilla.raft.Entry;
import io.flotilla.raft.EntryKind;
import io.flotilla.raft.Message;
import io.flotilla.raft.RoleKind;
import io.flotilla.sim.node.FaultPlan.Kind;
import io.flotilla.spi.PeerNetwork.RangeMessage;
import io.flotilla.spi.RandomSource;
import io.flotilla.store.StoreEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Faults at the moment that matters, where those drawn at any time seldom strike: as a leader is
/// about to say that the membership changes, that its range is split, that another shall campaign,
/// when it has just been elected, when a log has just been replaced, when a replica is new, or was
/// removed. Half of the seeds have them.
final class Ambush {
  private static final int SPLIT_KIND = 2;

  private final FaultPlan plan;
  private final SimulatedFleet fleet;
  private final Operators operators;
  private final RandomSource random;
  private final boolean lies;
  private final Set<String> struck = new HashSet<>();
  private final Map<String, Introduction> introductions = new HashMap<>();
  private @Nullable RangeId slowLogs;

  /// A message that could make a replica where there is none.
  private record Introduction(StoreId from, RangeMessage message) {}

  Ambush(FaultPlan plan, SimulatedFleet fleet, Operators operators) {
    this.plan = plan;
    this.fleet = fleet;
    this.operators = operators;
    this.random = fleet.world().random("ambush");
    this.lies = random.oneIn(2);
    fleet.rules().onSend(this::onSend);
    fleet.rules().onLogReplaced(this::onLogReplaced);
  }

  private boolean isDue(int oneIn) {
    return lies && !plan.isOver() && random.oneIn(oneIn);
  }

  // On the wire ---------------------------------------------------------------------------------

  /// The message has not left yet: a link that is cut now loses it.
  private void onSend(SimulatedNode node, RangeMessage message) {
    if (plan.isOver()) {
      return;
    }
    StoreId self = node.id();
    if (message.span() != null && self != null) {
      introductions.put(message.range() + "/" + message.to(), new Introduction(self, message));
    }
    if (!lies) {
      return;
    }
    switch (message.message()) {
      case Message.Append append -> {
        for (Entry entry : append.entries()) {
          onEntry(node, message, entry);
        }
      }
      case Message.CampaignNow(_, long term) when isFirst("hand-over", message, term) ->
          onHandOver(node, message);
      case Message.PreVoteRequest _ when isDue(20) -> onCampaign(node);
      default -> {}
    }
  }

  private boolean isFirst(String what, RangeMessage message, long number) {
    return struck.add(what + " " + message.range() + " " + number);
  }

  private void onEntry(SimulatedNode leader, RangeMessage message, Entry entry) {
    byte[] payload = entry.payload();
    boolean isChange = entry.kind() == EntryKind.MEMBERSHIP;
    boolean isSplit = entry.kind() == EntryKind.COMMAND && payload[1] == SPLIT_KIND;
    if ((isChange || isSplit) && isFirst("entry", message, entry.index()) && random.oneIn(2)) {
      switch (CommandCodec.decode(payload)) {
        case MembershipCommand(var target) -> onChange(leader, target);
        case SplitCommand _ -> onSplit(leader);
        default -> {}
      }
    }
  }

  /// Both memberships' majorities on sides of their own, if the change allows that.
  private void onChange(SimulatedNode leader, RangeDescriptor target) {
    fleet.transcript().add(leader.number(), "ambush: a change is about to be said: " + target);
    plan.count(Kind.AMBUSH_CHANGE);
    switch (random.nextInt(8)) {
      case 0 -> plan.crash(leader, false);
      case 1 -> plan.stall(Kind.APPLIER_STALL, leader, plan.upTo(2_000));
      case 2, 3, 4 -> leaveBehind(leader, target);
      default -> {
        List<Integer> side = numbers(target, each -> each.kind().votesInIncoming());
        List<Integer> leaving = numbers(target, each -> !each.kind().votesInIncoming());
        List<Integer> both = numbers(target, each -> each.kind().votesInOutgoing());
        both.remove(Integer.valueOf(leader.number()));
        both.removeAll(leaving);
        if (!both.isEmpty()) {
          side.remove(both.get(random.nextInt(both.size())));
        }
        fleet.partition(side);
        plan.later(Duration.ofSeconds(4), plan::healNetwork);
      }
    }
  }

  /// One voter of both memberships knows of the change and has not applied it; he and whoever
  /// leaves are cut off together.
  private void leaveBehind(SimulatedNode leader, RangeDescriptor target) {
    List<Integer> leaving = numbers(target, each -> !each.kind().votesInIncoming());
    List<Integer> stayed = numbers(target, each -> each.kind() == ReplicaKind.VOTER);
    stayed.remove(Integer.valueOf(leader.number()));
    if (leaving.isEmpty() || stayed.isEmpty()) {
      return;
    }
    int late = stayed.get(random.nextInt(stayed.size()));
    plan.stall(Kind.APPLIER_STALL, fleet.node(late), Duration.ofSeconds(4));
    fleet.partition(leaving);
    leaving.add(late);
    plan.later(
        Duration.ofMillis(random.oneIn(2) ? 20 : 200),
        () -> {
          fleet.partition(leaving);
          for (int gone : leaving) {
            fleet.network().mend(gone, late);
            fleet.network().mend(late, gone);
          }
          plan.later(Duration.ofSeconds(6), plan::healNetwork);
        });
  }

  private List<Integer> numbers(RangeDescriptor range, Predicate<ReplicaDescriptor> which) {
    List<Integer> numbers = new ArrayList<>();
    for (ReplicaDescriptor each : range.replicas()) {
      for (SimulatedNode node : fleet.nodes()) {
        StoreId store = node.id();
        if (which.test(each) && each.store().equals(store)) {
          numbers.add(node.number());
        }
      }
    }
    return numbers;
  }

  /// The followers split and lead the right half, while here it is not applied.
  private void onSplit(SimulatedNode leader) {
    fleet.transcript().add(leader.number(), "ambush: a split is about to be said");
    plan.count(Kind.AMBUSH_SPLIT);
    switch (random.nextInt(4)) {
      case 0 -> plan.crash(leader, random.oneIn(2));
      case 1 -> muffle(leader, Duration.ofSeconds(3));
      default ->
          plan.stall(Kind.APPLIER_STALL, leader, Duration.ofSeconds(1).plus(plan.upTo(3_000)));
    }
  }

  private void onHandOver(SimulatedNode leader, RangeMessage message) {
    if (isDue(2)) {
      fleet.transcript().add(leader.number(), "ambush: a leadership is handed over");
      plan.count(Kind.AMBUSH_HAND_OVER);
      switch (random.nextInt(4)) {
        case 0 -> plan.stop(Kind.PAUSE_CUT_OFF, leader);
        case 1 -> muffle(leader, Duration.ofSeconds(2));
        default -> {
          // Elected with a part of the log that is not applied, and the term's first entry cannot
          // be committed for a while.
          for (SimulatedNode node : fleet.nodes()) {
            if (node != leader) {
              plan.stall(Kind.APPLIER_STALL, node, plan.upTo(300));
            }
          }
          slowLogs = message.range();
        }
      }
    }
  }

  /// Somebody does not hear the leader and would like to lead: another one, who does hear it,
  /// starts anew a moment before he asks again.
  private void onCampaign(SimulatedNode candidate) {
    List<SimulatedNode> others = new ArrayList<>(fleet.nodes());
    others.remove(candidate);
    SimulatedNode voter = others.get(random.nextInt(others.size()));
    plan.count(Kind.AMBUSH_VOTE);
    plan.later(Duration.ofMillis(700), () -> plan.restart(voter));
  }

  private void muffle(SimulatedNode node, Duration time) {
    fleet.muffle(node.number());
    plan.later(time, plan::healNetwork);
  }

  // In a store ----------------------------------------------------------------------------------

  void onEvent(SimulatedNode node, StoreEvent event) {
    if (event instanceof StoreEvent.ReplicaRemoved(_, var range, var peer)) {
      onRemoved(node, range, peer);
    }
    switch (event) {
      case StoreEvent.RoleChanged role when role.role() == RoleKind.LEADER -> {
        if (role.range().equals(slowLogs)) {
          slowLogs = null;
          for (SimulatedNode each : fleet.nodes()) {
            plan.stall(Kind.LOG_STALL, each, plan.upTo(1_500));
          }
        } else if (isDue(8)) {
          onElected(node);
        }
      }
      case StoreEvent.SnapshotInstalled _, StoreEvent.ReplicaRemoved _ when isDue(2) -> {
        plan.count(Kind.AMBUSH_DISK);
        plan.later(Duration.ofMillis(20), () -> plan.crash(node, true));
      }
      case StoreEvent.ReplicaCreated made when made.how().startsWith("told") && isDue(2) ->
          onNewReplica(node, made.range());
      case StoreEvent.RangeSplit _ when isDue(6) -> {
        plan.count(Kind.AMBUSH_SPLIT);
        plan.later(
            Duration.ofMillis(25),
            () -> {
              if (plan.crash(node, true)) {
                plan.takeForDead(node);
              }
            });
      }
      default -> {}
    }
  }

  /// What its leader, or somebody who would like to lead, once told the replica comes only now.
  private void onRemoved(SimulatedNode node, RangeId range, PeerId peer) {
    Introduction old = introductions.get(range + "/" + peer);
    if (old != null && !plan.isOver()) {
      plan.count(Kind.AMBUSH_OLD_MESSAGE);
      plan.later(
          Duration.ofSeconds(1),
          () -> fleet.network().comesLate(old.from(), node.number(), old.message()));
    }
  }

  /// The range is split while its new replica has nothing yet.
  private void onNewReplica(SimulatedNode node, RangeId range) {
    for (RangeDescriptor each : List.copyOf(fleet.ranges())) {
      if (each.id().equals(range) && operators.splitNow(each)) {
        fleet.transcript().add(node.number(), "ambush: a new replica of range " + range);
        plan.count(Kind.AMBUSH_NEW_REPLICA);
        plan.stall(Kind.DISK_STALL, node, plan.upTo(400));
      }
    }
  }

  /// The log starts elsewhere, and the state does not know it yet.
  private void onLogReplaced(SimulatedNode node) {
    if (isDue(2)) {
      plan.count(Kind.AMBUSH_DISK);
      boolean losingAll = random.oneIn(2);
      plan.later(Duration.ofMillis(2), () -> plan.crash(node, losingAll));
    }
  }

  private void onElected(SimulatedNode leader) {
    fleet.transcript().add(leader.number(), "ambush: just elected");
    plan.count(Kind.AMBUSH_ELECTED);
    switch (random.nextInt(4)) {
      case 0 -> plan.stall(Kind.APPLIER_STALL, leader, plan.upTo(2_000));
      case 1 -> plan.later(Duration.ofMillis(600), () -> plan.stop(Kind.PAUSE_CUT_OFF, leader));
      case 2 -> {
        leader.state().setCold(true);
        plan.stall(Kind.READER_STALL, leader, plan.upTo(2_500));
        plan.later(Duration.ofMillis(300), () -> muffle(leader, Duration.ofSeconds(3)));
      }
      default -> plan.later(Duration.ofMillis(600), () -> muffle(leader, Duration.ofSeconds(3)));
    }
  }
}
