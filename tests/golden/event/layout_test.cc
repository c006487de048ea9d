// The wire layout of every released field, so that an edit of event.capnp or record.capnp that
// breaks old producers is found. Adding is legal: append the new lines to layout.txt.
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include <capnp/schema.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "schemas/wire/event.capnp.h"
#include "tests/support/event/vectors.h"

namespace ledger::event {
namespace {

class Layout {
 public:
  explicit Layout(capnp::StructSchema root) { add(root); }
  std::set<std::string> lines;

 private:
  static std::string type_of(capnp::Type type) {
    if (type.isStruct()) return type.asStruct().getShortDisplayName().cStr();
    if (type.isEnum()) return type.asEnum().getShortDisplayName().cStr();
    return fmt::format("primitive {}", static_cast<int>(type.which()));
  }

  void add(capnp::StructSchema schema) {
    const auto node = schema.getProto();
    if (!seen_.insert(node.getId()).second) return;
    const auto body = node.getStruct();
    const std::string owner = fmt::format("{:016x} {}", node.getId(), node.getDisplayName().cStr());
    if (body.getDiscriminantCount() > 0) {
      lines.insert(fmt::format("{} union tag at {}", owner, body.getDiscriminantOffset()));
    }
    for (const auto field : schema.getFields()) {
      const auto proto = field.getProto();
      std::string line = fmt::format("{} {}", owner, proto.getName().cStr());
      if (proto.getDiscriminantValue() != capnp::schema::Field::NO_DISCRIMINANT) {
        line += fmt::format(" tag {}", proto.getDiscriminantValue());
      }
      if (proto.isSlot()) {
        line += fmt::format(" {} at {}{}", type_of(field.getType()), proto.getSlot().getOffset(),
                            proto.getSlot().getHadExplicitDefault() ? " with a default" : "");
      }
      lines.insert(line);
      if (field.getType().isStruct()) add(field.getType().asStruct());
      if (field.getType().isEnum()) add(field.getType().asEnum());
    }
  }

  void add(capnp::EnumSchema schema) {
    if (!seen_.insert(schema.getProto().getId()).second) return;
    for (const auto enumerant : schema.getEnumerants()) {
      lines.insert(fmt::format("{:016x} {} {} = {}", schema.getProto().getId(),
                               schema.getProto().getDisplayName().cStr(),
                               enumerant.getProto().getName().cStr(), enumerant.getIndex()));
    }
  }

  std::set<uint64_t> seen_;
};

TEST(EventLayout, EveryReleasedFieldIsWhereItWasAndEveryNewOneIsWrittenDown) {
  std::ifstream file(golden_path("layout.txt"));
  ASSERT_TRUE(file.is_open());
  std::set<std::string> released;
  for (std::string line; std::getline(file, line);) released.insert(line);
  const std::set<std::string> now = Layout(capnp::Schema::from<wire::Event>()).lines;
  for (const std::string& line : released) {
    EXPECT_TRUE(now.contains(line)) << "moved, changed or removed: " << line;
  }
  for (const std::string& line : now) {
    EXPECT_TRUE(released.contains(line)) << "new, append to layout.txt: " << line;
  }
}

}  // namespace
}  // namespace ledger::event
