import { describe, expect, test } from 'vitest';
import { findPersonalData } from '../../../core/data/personal-data.ts';

/** What is found, the rest left out. */
const found = (text: string): string[] =>
  findPersonalData(text).map(({ kind, text: match }) => `${kind}: ${match}`);

describe('personal data', () => {
  test.each([
    ['Write to ada.lovelace+notes@mail.example.co.uk.', 'e-mail: ada.lovelace+notes@mail.example.co.uk'],
    ['<müller@bücher.de>', 'e-mail: müller@bücher.de'],
    ["o'brien_99@example.com, please", "e-mail: o'brien_99@example.com"],
    ['Call +1 (415) 555-2671 now', 'phone: +1 (415) 555-2671'],
    ['+49 170 1234567', 'phone: +49 170 1234567'],
    ['tel. +442079460958.', 'phone: +442079460958'],
    ['ring (212) 555-0142 or', 'phone: (212) 555-0142'],
    ['at 415-555-2671.', 'phone: 415-555-2671'],
    ['at 415.555.2671', 'phone: 415.555.2671'],
    ['London: 020 7946 0958', 'phone: 020 7946 0958'],
    ['Berlin: 030 / 901820', 'phone: 030 / 901820'],
    ['my phone number is 4155552671', 'phone: 4155552671'],
    ['phone: 555-1234', 'phone: 555-1234'],
    ['Card 4111 1111 1111 1111, thanks', 'card: 4111 1111 1111 1111'],
    ['5500-0000-0000-0004', 'card: 5500-0000-0000-0004'],
    ['378282246310005', 'card: 378282246310005'],
    ['3782 822463 10005', 'card: 3782 822463 10005'],
    ['SSN: 536-22-1234', 'national id: 536-22-1234'],
    ['his social security number is 536221234', 'national id: 536221234'],
    ['NI number AB 12 34 56 C', 'national id: AB 12 34 56 C'],
    ['from 203.0.113.77 came', 'ip address: 203.0.113.77'],
    ['http://192.168.1.10/login', 'ip address: 192.168.1.10'],
    ['my IP is 8.8.4.4', 'ip address: 8.8.4.4'],
    ['at 2001:db8:85a3::8a2e:370:7334 then', 'ip address: 2001:db8:85a3::8a2e:370:7334'],
    ['pay DE89 3704 0044 0532 0130 00 today', 'iban: DE89 3704 0044 0532 0130 00'],
    ['GB82WEST12345698765432', 'iban: GB82WEST12345698765432'],
    ['NO9386011117947', 'iban: NO9386011117947'],
    ['I live at 221B Baker Street in London', 'address: 221B Baker Street'],
    ['1600 Pennsylvania Avenue NW', 'address: 1600 Pennsylvania Avenue'],
    ['Send it to 12 Oak Dr., Springfield, IL 62704.', 'address: 12 Oak Dr., Springfield, IL 62704'],
    [
      '350 Fifth Ave, Suite 3300\nNew York, NY 10118',
      'address: 350 Fifth Ave, Suite 3300\nNew York, NY 10118',
    ],
    ['10 Downing Street, London SW1A 2AA', 'address: 10 Downing Street, London SW1A 2AA'],
    ['77 West 5th St, Apt 4B', 'address: 77 West 5th St, Apt 4B'],
    ['Hauptstraße 12, 10115 Berlin', 'address: Hauptstraße 12, 10115 Berlin'],
    ['P.O. Box 1234', 'address: P.O. Box 1234'],
  ])('finds it in %j', (text, expected) => {
    expect(found(text)).toEqual([expected]);
  });

  test.each([
    'In 1984 and from 1999-2003, or on 2024-01-15 at 12:30:45.',
    'Python 3.11.4, Node 20.19.0, version 10.0.19041.1 and v1.2.3.4',
    'Chrome/120.0.0.0 Safari/537.36; see section 1.2.3.4',
    '$1,234,567.89 or €4111.11 and 12.50 USD',
    'ISBN 978-0-306-40615-7, ISBN-10 0-306-40615-2, ISBN 9780306406157',
    '123456789 + 987654321 = 1111111110',
    '3 + 4155552671 and 12 * 415',
    'pi is 3.14159265358979323846',
    'The answer is +100000000 or 0123456789 x 2',
    'timestamp 1700000000000 and 1700000000',
    '4111 1111 1111 1112 fails its check',
    'order 4111111111111111111111 is too long',
    'part 000-12-3456, 666-12-3456, 900-12-3456 and 123-00-4567',
    'DE89 3704 0044 0532 0130 01 fails its check',
    'std::vector<int>, a::b, ::1 and 00:1A:2B:3C:4D:5E',
    '127.0.0.1, 0.0.0.0, 255.255.255.0 and 256.1.1.300',
    'icon@2x.png, react@18.2.0, @mention and git@github.com:user/repo.git',
    'The 1929 Wall Street crash; 5 Supreme Court justices; 3 Square meals',
    'I walked 5 miles down the road, 2 Way streets',
    'Answer in 100 words: 1 2 3 4 5 6 7 8 9 10 11 12 13 14',
    '100 200 300 4000 50000 and 010 020 030',
    'f(2, 3) = 1234567 and x = 0.123-456',
    'context: 12345678, hotel 1234567, recall 1234567 and this text 1234567',
    'ratio 16:9, score 102-98, 24/7, 50-50',
    '0 1 1 2 3 5 8 13 21 34 55 89 144',
    'NASA 12 34 56 and AB 12',
    'UTC+01:00, GMT+5, 1e+10, C++17',
  ])('finds nothing in %j', (text) => {
    expect(found(text)).toEqual([]);
  });

  test('what it finds is in order, apart, and where it says', () => {
    const text = 'Ada (ada@example.com, +44 20 7946 0958) pays with 4111 1111 1111 1111 from 203.0.113.9.';
    const findings = findPersonalData(text);
    expect(findings.map(({ kind }) => kind)).toEqual(['e-mail', 'phone', 'card', 'ip address']);
    for (const { start, end, text: match } of findings) expect(text.slice(start, end)).toBe(match);
  });

  // A pattern that backtracks would take hours here and run into the test's limit.
  test.each(['a@', '1 ', '1-', 'A1 ', 'Aa Bb ', '12 Main ', '1:', 'x.', '0 1'])(
    'comes to an end on %j a hundred thousand times over',
    (part) => {
      expect(findPersonalData(part.repeat(100_000) + ' ada@example.com').at(-1)?.text).toBe(
        'ada@example.com',
      );
    },
  );
});
