// java StreamsPeer BROKERS TOPIC MESSAGES STATE_DIR APPLICATION_ID safe|fast: folds the peers' topic (wire.h) with Kafka
// Streams, Processor API, nine RocksDB stores per task, two threads.
//   fast  no changelog, at least once: after a crash plays can be lost or counted twice
//   safe  changelog and exactly_once_v2: what equals an offset in the transaction of the views
// Prints {"messages":N,"seconds":S,"close_seconds":S,"plays":N,"anomalies":N}: from start() to the last process() and of
// close(), which flushes.
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.RocksDBConfigSetter;
import org.apache.kafka.streams.state.Stores;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.CompressionType;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;

public class StreamsPeer {
  static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  static final List<String> STORES = List.of("A", "content_voice", "content", "contentHash", "status", "U", "user",
      "user_content", "contentAudio");
  static final byte[] EMPTY = new byte[0];
  static final List<Fold> FOLDS = Collections.synchronizedList(new ArrayList<>());
  static final int THREADS = 2;

  static long load(byte[] from, int at) { return (long) LONG.get(from, at); }
  static void store(byte[] to, int at, long value) { LONG.set(to, at, value); }

  static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /** row_id of wire.h. */
  static byte[] rowId(byte[] event) {
    long a = 0x243F6A8885A308D3L + event[1], b = 0x13198A2E03707344L ^ event[1];
    for (int text : new int[] {96, 32}) {
      for (int i = 0; i < 32; i += 8) {
        long word = load(event, text + i);
        a = mix(a ^ word) * 0x9E3779B97F4A7C15L;
        b = mix(b + word) ^ a;
      }
    }
    byte[] id = new byte[16];
    store(id, 0, mix(a));
    store(id, 8, mix(b ^ a));
    return id;
  }

  static final class Fold implements Processor<byte[], byte[], Void, Void> {
    KeyValueStore<Bytes, byte[]> audios, contentVoice, contents, hashes, statuses, plays, users, userContents, played;
    volatile long done;
    long count, playCount, anomalies;

    @Override public void init(ProcessorContext<Void, Void> context) {
      audios = context.getStateStore("A");
      contentVoice = context.getStateStore("content_voice");
      contents = context.getStateStore("content");
      hashes = context.getStateStore("contentHash");
      statuses = context.getStateStore("status");
      plays = context.getStateStore("U");
      users = context.getStateStore("user");
      userContents = context.getStateStore("user_content");
      played = context.getStateStore("contentAudio");
      FOLDS.add(this);
    }

    @Override public void process(Record<byte[], byte[]> record) {
      byte[] event = record.value();
      switch (event[0]) {
        case 1 -> create(event);
        case 2 -> changeStatus(event);
        case 3 -> changeHash(event);
        case 4 -> play(event);
        default -> anomalies++;
      }
      done = ++count;
    }

    /** Two or more (array, from, length) behind each other. */
    static Bytes key(byte[] a, int aFrom, int aLength, byte[] b, int bFrom, int bLength) {
      byte[] key = new byte[aLength + bLength];
      System.arraycopy(a, aFrom, key, 0, aLength);
      System.arraycopy(b, bFrom, key, aLength, bLength);
      return Bytes.wrap(key);
    }

    void create(byte[] event) {
      byte[] row = new byte[139];
      System.arraycopy(event, 32, row, 0, 32);
      System.arraycopy(event, 1, row, 32, 3);
      System.arraycopy(event, 96, row, 35, 84);
      store(row, 119, load(event, 8));
      store(row, 127, load(event, 8));
      audios.put(Bytes.wrap(Arrays.copyOfRange(event, 64, 96)), row);
      byte[] voice = new byte[85];
      System.arraycopy(event, 32, voice, 0, 32);
      voice[32] = event[1];
      System.arraycopy(event, 160, voice, 33, 20);
      System.arraycopy(event, 64, voice, 53, 32);
      contentVoice.put(Bytes.wrap(voice), EMPTY);
      byte[] content = new byte[65];
      System.arraycopy(event, 32, content, 0, 32);
      content[32] = event[1];
      System.arraycopy(event, 64, content, 33, 32);
      contents.put(Bytes.wrap(content), EMPTY);
      hashes.put(key(event, 96, 64, event, 64, 32), EMPTY);
      statuses.put(key(event, 3, 1, event, 64, 32), EMPTY);
    }

    void changeStatus(byte[] event) {
      Bytes id = Bytes.wrap(Arrays.copyOfRange(event, 64, 96));
      byte[] old = audios.get(id);
      if (old == null) { anomalies++; return; }
      int script = (int) INT.get(event, 4);
      byte[] row = script > 0 ? Arrays.copyOf(Arrays.copyOf(old, 139), 139 + script) : old.clone();
      if (script > 0) {
        INT.set(row, 135, script);
        System.arraycopy(event, 96, row, 139, script);
      }
      row[34] = event[3];
      store(row, 127, load(event, 8));
      audios.put(id, row);
      if (old[34] == event[3]) return;
      statuses.delete(key(old, 34, 1, event, 64, 32));
      statuses.put(key(event, 3, 1, event, 64, 32), EMPTY);
    }

    void changeHash(byte[] event) {
      Bytes id = Bytes.wrap(Arrays.copyOfRange(event, 64, 96));
      byte[] old = audios.get(id);
      if (old == null) { anomalies++; return; }
      byte[] row = old.clone();
      System.arraycopy(event, 96, row, 35, 64);
      store(row, 127, load(event, 8));
      audios.put(id, row);
      hashes.delete(key(old, 35, 64, event, 64, 32));
      hashes.put(key(event, 96, 64, event, 64, 32), EMPTY);
    }

    void play(byte[] event) {
      playCount++;
      byte[] id = rowId(event);
      byte[] old = plays.get(Bytes.wrap(id));
      byte[] row = old == null ? new byte[121] : old.clone();
      if (old == null) {
        insert(event, id, row);
      } else if (!Arrays.equals(old, 32, 64, event, 64, 96)) {
        played.delete(key(old, 32, 32, id, 0, 16));
        System.arraycopy(event, 64, row, 32, 32);
        played.put(key(event, 64, 32, id, 0, 16), EMPTY);
      }
      store(row, 97, load(row, 97) + 1);
      store(row, 105, load(event, 8));
      store(row, 113, load(event, 8));
      plays.put(Bytes.wrap(id), row);
    }

    void insert(byte[] event, byte[] id, byte[] row) {
      System.arraycopy(event, 96, row, 0, 32);
      System.arraycopy(event, 64, row, 32, 32);
      System.arraycopy(event, 32, row, 64, 32);
      row[96] = event[1];
      users.put(key(event, 96, 32, id, 0, 16), EMPTY);
      byte[] content = new byte[81];
      System.arraycopy(event, 96, content, 0, 32);
      System.arraycopy(event, 32, content, 32, 32);
      content[64] = event[1];
      System.arraycopy(id, 0, content, 65, 16);
      userContents.put(Bytes.wrap(content), EMPTY);
      played.put(key(event, 64, 32, id, 0, 16), EMPTY);
    }
  }

  /** The best of the tunings that were tried; Streams' defaults are slower. */
  public static final class Tuned implements RocksDBConfigSetter {
    static final LRUCache CACHE = new LRUCache(512L << 20, 4, false, 0.1);

    @Override public void setConfig(String store, Options options, Map<String, Object> configs) {
      BlockBasedTableConfig table = (BlockBasedTableConfig) options.tableFormatConfig();
      table.setBlockCache(CACHE);
      table.setBlockSize(16384);
      table.setCacheIndexAndFilterBlocks(false);
      table.setFilterPolicy(new BloomFilter(10, false));
      options.setTableFormatConfig(table);
      options.setWriteBufferSize(32L << 20);
      options.setMaxWriteBufferNumber(4);
      options.setMinWriteBufferNumberToMerge(1);
      options.setMaxBackgroundJobs(2);
      options.setLevel0FileNumCompactionTrigger(8);
      options.setLevel0SlowdownWritesTrigger(40);
      options.setLevel0StopWritesTrigger(60);
      options.setMaxBytesForLevelBase(512L << 20);
      options.setCompressionType(CompressionType.NO_COMPRESSION);
      options.setAllowConcurrentMemtableWrite(false);
      options.setEnableWriteThreadAdaptiveYield(false);
      if (store.equals("U") || store.equals("A")) {
        options.setMemtablePrefixBloomSizeRatio(0.15);
        options.setMemtableWholeKeyFiltering(true);
      }
    }

    @Override public void close(String store, Options options) {}
  }

  static Properties settings(String brokers, String state, String application, boolean safe) {
    Properties p = new Properties();
    p.put(StreamsConfig.APPLICATION_ID_CONFIG, application);
    p.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, brokers);
    p.put(StreamsConfig.STATE_DIR_CONFIG, Path.of(state).toString());
    p.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, THREADS);
    p.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, safe ? StreamsConfig.EXACTLY_ONCE_V2 : StreamsConfig.AT_LEAST_ONCE);
    p.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 30_000L);
    p.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, 1);
    p.put(StreamsConfig.BUFFERED_RECORDS_PER_PARTITION_CONFIG, 50_000);
    p.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, Tuned.class);
    p.put(StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
    p.put(StreamsConfig.consumerPrefix(ConsumerConfig.MAX_POLL_RECORDS_CONFIG), 10_000);
    p.put(StreamsConfig.consumerPrefix(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG), 8 << 20);
    p.put(StreamsConfig.consumerPrefix(ConsumerConfig.FETCH_MAX_BYTES_CONFIG), 64 << 20);
    p.put(StreamsConfig.consumerPrefix(ConsumerConfig.RECEIVE_BUFFER_CONFIG), 1 << 20);
    p.put(StreamsConfig.producerPrefix(ProducerConfig.LINGER_MS_CONFIG), 100);
    p.put(StreamsConfig.producerPrefix(ProducerConfig.BATCH_SIZE_CONFIG), 512 << 10);
    p.put(StreamsConfig.producerPrefix(ProducerConfig.BUFFER_MEMORY_CONFIG), 128L << 20);
    p.put(StreamsConfig.producerPrefix(ProducerConfig.COMPRESSION_TYPE_CONFIG), "lz4");
    if (safe) p.put(StreamsConfig.producerPrefix(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG), 120_000);
    return p;
  }

  static Topology topology(String topic, boolean safe) {
    Topology topology = new Topology();
    topology.addSource("in", Serdes.ByteArray().deserializer(), Serdes.ByteArray().deserializer(), topic);
    topology.addProcessor("fold", Fold::new, "in");
    for (String name : STORES) {
      var store = Stores.keyValueStoreBuilder(Stores.persistentKeyValueStore(name), Serdes.Bytes(), Serdes.ByteArray())
          .withCachingDisabled();
      topology.addStateStore(safe ? store.withLoggingEnabled(Map.of()) : store.withLoggingDisabled(), "fold");
    }
    return topology;
  }

  static long sum(java.util.function.ToLongFunction<Fold> of) {
    synchronized (FOLDS) { return FOLDS.stream().mapToLong(of).sum(); }
  }

  public static void main(String[] a) throws Exception {
    long messages = Long.parseLong(a[2]);
    boolean safe = a[5].equals("safe");
    KafkaStreams streams = new KafkaStreams(topology(a[1], safe), settings(a[0], a[3], a[4], safe));
    streams.setUncaughtExceptionHandler(error -> {
      error.printStackTrace();
      Runtime.getRuntime().halt(1);
      return null;
    });
    long begin = System.nanoTime();
    streams.start();
    while (sum(fold -> fold.done) < messages) Thread.sleep(5);
    double seconds = (System.nanoTime() - begin) / 1e9;
    long closing = System.nanoTime();
    streams.close(Duration.ofMinutes(5));
    System.out.printf(Locale.ROOT, "{\"messages\":%d,\"seconds\":%.4f,\"close_seconds\":%.4f,\"plays\":%d,\"anomalies\":%d}%n",
        sum(fold -> fold.done), seconds, (System.nanoTime() - closing) / 1e9, sum(fold -> fold.playCount),
        sum(fold -> fold.anomalies));
    System.exit(0);
  }
}
