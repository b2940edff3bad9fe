package io.flotilla.engine.node;

/// The numbers of the services that a node answers on its requests lane (docs/formats.md).
final class Services {
  /// Reads and writes of a range: `KvRequestCodec`, `KvReplyCodec`.
  static final byte KV = 1;

  /// The placement group: `PlacementCodec`, [PlacementAnswer].
  static final byte PLACEMENT = 2;

  /// A step of an operator, handed to the store that leads the range: `InstructionCodec`.
  static final byte INSTRUCTION = 3;

  private Services() {}
}
