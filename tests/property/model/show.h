// Records of the product as rows of the model, and rows as text for people.
#pragma once

#include <string>
#include <vector>

#include "schemas/record/record.h"
#include "tests/property/model/ask.h"
#include "tests/property/model/value.h"

namespace ledger::model {

// `messages`: of the row's partition, where its script and error message stand.
Row row_of(const record::ContentAudio& row, const std::vector<Message>& messages);
Row row_of(const record::UserContentAudio& row, const std::vector<Message>& messages);

std::string show(const Value& value);
std::string show(const Row& row);
std::string show(const std::optional<Row>& row);
std::string show(const std::vector<Found>& rows);
std::string show(const std::vector<Test>& tests);
std::string show(const Verdict& verdict);
std::string show(const Message& message);

}  // namespace ledger::model
