package io.flotilla.engine.rocks;

import java.nio.file.Path;
import org.rocksdb.CompressionType;
import org.rocksdb.EnvOptions;
import org.rocksdb.Options;
import org.rocksdb.RocksDBException;
import org.rocksdb.SstFileWriter;

/// Writes table files, one after another.
final class TableWriter implements AutoCloseable {
  private final NativeScope scope;
  private final SstFileWriter writer;
  private long bytes;

  TableWriter(RocksDatabase database) {
    this.scope = database.newScope();
    Options options = scope.own(new Options()).setCompressionType(CompressionType.LZ4_COMPRESSION);
    this.writer = scope.own(new SstFileWriter(scope.own(new EnvOptions()), options));
  }

  void open(Path file) throws RocksDBException {
    writer.open(file.toString());
    bytes = 0;
  }

  /// Keys ascend.
  void put(byte[] key, byte[] value) throws RocksDBException {
    writer.put(key, value);
    bytes += key.length + value.length;
  }

  /// How much was put into the open file.
  long bytes() {
    return bytes;
  }

  void finish() throws RocksDBException {
    writer.finish();
  }

  @Override
  public void close() {
    scope.close();
  }
}
