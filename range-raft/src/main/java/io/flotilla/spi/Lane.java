package io.flotilla.spi;

import io.flotilla.raft.Message;

/// The classes of traffic between stores, each with its own queue and connection, so that bulk
/// never delays beats. Declared in the order of their wire codes, which are their ordinals.
public enum Lane {
  /// Beats, votes and what else keeps leaders leaders.
  BEATS,
  /// AppendEntries and their replies.
  APPENDS,
  /// Snapshot chunks and their credit.
  SNAPSHOTS,
  /// Requests and responses, of clients and between stores.
  REQUESTS;

  /// The lane of a message between peers.
  public static Lane of(Message message) {
    return switch (message) {
      case Message.Append _, Message.AppendReply _, Message.Snapshot _ -> APPENDS;
      case Message.Beat _,
          Message.BeatReply _,
          Message.PreVoteRequest _,
          Message.PreVoteReply _,
          Message.VoteRequest _,
          Message.VoteReply _,
          Message.CampaignNow _,
          Message.ReadIndexRequest _,
          Message.ReadIndexReply _,
          Message.QuiesceOffer _,
          Message.QuiesceReply _,
          Message.Nudge _,
          Message.NotLeading _ ->
          BEATS;
    };
  }
}
