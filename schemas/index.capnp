# How a record struct declares its table and its indexes. Projector and query derive every key from these
# annotations, so adding an index is one line on a struct in record.capnp plus a rebuild.
@0xd3b1f0a6c9e24a57;

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("ledger::wire");

struct Table {
  id @0 :UInt16;    # 1..99, never reused; by_id and by_creation_time take their view ids from it
  name @1 :Text;    # as in Convex
}

struct Index {
  id @0 :UInt16;           # 1..999, unique over all tables, never reused
  name @1 :Text;           # as in Convex
  fields @2 :List(Text);   # Convex field names, most significant first; _creationTime and _id follow by themselves
}

# The ids are what reflection finds the annotations by (index/reflect.cc).
annotation table @0xddca432c6f907412 (struct) :Table;
annotation index @0x8062cb655250aae7 (struct) :Index;      # repeatable

annotation name @0xb751a2a881f78b94 (field) :Text;         # the Convex name where it cannot be a Cap'n Proto identifier (_id)
annotation optional @0xc50c8421e05461fc (field) :Void;     # absent is legal: null pointer, or `none` of a none/some group
annotation maxBytes @0x866a517aa00005d5 (field) :UInt32;   # limit of a text field in bytes of UTF-8
annotation text @0xbef472be5cc2ecac (enumerant) :Text;     # the text form where it cannot be an identifier (generating_script)
