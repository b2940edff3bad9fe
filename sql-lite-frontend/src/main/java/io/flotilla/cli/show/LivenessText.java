package io.flotilla.cli.show;

import io.flotilla.cli.term.Human;
import io.flotilla.cli.term.JsonText;
import io.flotilla.cli.term.Table;
import io.flotilla.engine.admin.StoreLiveness;
import io.flotilla.keyspace.StoreId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// How stores stand with each other, as a table, in a line and as JSON.
final class LivenessText {
  private LivenessText() {}

  static String table(List<StoreLiveness> stores) {
    Table table =
        new Table()
            .right("STORE")
            .right("ASLEEP")
            .right("REPLICAS")
            .right("PEER")
            .left("HEARD")
            .left("DISK")
            .left("VOUCHES")
            .left("VOUCHED FOR");
    for (StoreLiveness store : stores) {
      if (!store.answers()) {
        table.row(store.store(), "-", "-", "-", "no answer", "", "", "");
      } else if (store.peers().isEmpty()) {
        table.row(store.store(), asleep(store), replicas(store), "-", "", "", "", "");
      }
      for (StoreLiveness.Peer peer : store.peers()) {
        table.row(
            store.store(),
            asleep(store),
            replicas(store),
            peer.store(),
            yes(peer.heard()),
            peer.diskStalled() ? "stalled" : "well",
            vouches(peer),
            yes(peer.vouchedFor()));
      }
    }
    return table.render();
  }

  private static String asleep(StoreLiveness store) {
    return Human.count(store.asleep());
  }

  private static String replicas(StoreLiveness store) {
    return Human.count(store.replicas());
  }

  private static String yes(boolean value) {
    return value ? "yes" : "no";
  }

  private static String vouches(StoreLiveness.Peer peer) {
    return peer.vouches() ? "for " + Human.duration(Duration.ofMillis(peer.vouchesMillis())) : "no";
  }

  /// `29,990 of 30,000 replicas`, and who does not hear whom of those that are up.
  static String line(List<StoreLiveness> stores, Set<StoreId> up) {
    long asleep = 0;
    long replicas = 0;
    List<String> troubles = new ArrayList<>();
    for (StoreLiveness store : stores) {
      asleep += store.asleep();
      replicas += store.replicas();
      for (StoreLiveness.Peer peer : store.peers()) {
        if (!up.contains(peer.store())) {
          continue; // the list of stores says so
        }
        if (!peer.heard()) {
          troubles.add("store " + store.store() + " does not hear store " + peer.store());
        } else if (peer.diskStalled()) {
          troubles.add("the disk of store " + peer.store() + " is stalled");
        }
      }
    }
    List<String> said = troubles.stream().distinct().toList();
    return Human.count(asleep)
        + " of "
        + Human.plural(replicas, "replica")
        + (said.isEmpty() ? "" : "; " + String.join(", ", said));
  }

  static JsonText.Properties json(StoreLiveness store) {
    return JsonText.object()
        .with("store", store.store().value())
        .with("answers", store.answers())
        .with("replicas", store.replicas())
        .with("asleep", store.asleep())
        .with("peers", store.peers().stream().map(LivenessText::peer).toList());
  }

  private static JsonText.Properties peer(StoreLiveness.Peer peer) {
    return JsonText.object()
        .with("store", peer.store().value())
        .with("heard", peer.heard())
        .with("diskStalled", peer.diskStalled())
        .with("vouches", peer.vouches())
        .with("vouchesMillis", peer.vouchesMillis())
        .with("vouchedFor", peer.vouchedFor());
  }
}
