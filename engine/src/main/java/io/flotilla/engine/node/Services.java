package io.flotilla.engine.node;

/// The numbers of the services that a node answers on its requests lane (docs/formats.md).
final class Services {
  /// Reads and writes of a range: `KvRequestCodec`, `KvReplyCodec`.
  static final byte KV = 1;

  /// The placement group: `PlacementCodec`, [PlacementAnswer].
  static final byte PLACEMENT = 2;

  /// "Report to the placement driver now": an operator waits for this store. Empty body and answer.
  static final byte REPORT_NOW = 3;

  /// "Here I am": see [Introductions].
  static final byte HERE_I_AM = 4;

  /// "How do you stand with the others, and what sleeps?": empty body, [StoreLook].
  static final byte LOOK = 5;

  /// "Which range has this key, as far as your store has it?": `PlacementCodec`, the same question
  /// as to the placement group and the same replies, from whoever has a replica.
  static final byte LOCATE = 6;

  private Services() {}
}
