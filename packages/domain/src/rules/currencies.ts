/**
 * The currencies of ISO 4217: a table of our own, because those of packages lag behind by years and the runtime's (CLDR)
 * is another list, which changes with Node. Source: list one of the maintenance agency (SIX) as published on 2026-09-17,
 * amendments up to 180 included: 178 codes, of which 165 have a minor unit. To bring it up to date, compare it with
 * https://www.six-group.com/dam/download/financial-information/data-center/iso-currrency/lists/list-one.xml, change the
 * date above, and move what has left the list to the withdrawn ones.
 */
export type Currency = Readonly<{
  /** Three digits, as text: 008 for ALL. */
  number: string
  /** How many decimals the minor unit stands for: 2 for EUR, 0 for JPY, 3 for KWD. */
  decimals: number
  /** The first day, in UTC, on which it is a currency no more; ms since 1970. */
  withdrawnAt?: number
}>

/** Codes with their numbers, by the decimals of their minor unit: national currencies and funds of list one. */
const LIST_ONE: Readonly<Record<number, string>> = {
  0: `BIF 108 CLP 152 DJF 262 GNF 324 ISK 352 JPY 392 KMF 174 KRW 410 PYG 600 RWF 646 UGX 800 UYI 940 VND 704 VUV 548
    XAF 950 XOF 952 XPF 953`,
  2: `AED 784 AFN 971 ALL 008 AMD 051 AOA 973 ARS 032 AUD 036 AWG 533 AZN 944 BAM 977 BBD 052 BDT 050 BMD 060 BND 096
    BOB 068 BOV 984 BRL 986 BSD 044 BTN 064 BWP 072 BYN 933 BZD 084 CAD 124 CDF 976 CHE 947 CHF 756 CHW 948 CNY 156
    COP 170 COU 970 CRC 188 CUP 192 CVE 132 CZK 203 DKK 208 DOP 214 DZD 012 EGP 818 ERN 232 ETB 230 EUR 978 FJD 242
    FKP 238 GBP 826 GEL 981 GHS 936 GIP 292 GMD 270 GTQ 320 GYD 328 HKD 344 HNL 340 HTG 332 HUF 348 IDR 360 ILS 376
    INR 356 IRR 364 JMD 388 KES 404 KGS 417 KHR 116 KPW 408 KYD 136 KZT 398 LAK 418 LBP 422 LKR 144 LRD 430 LSL 426
    MAD 504 MDL 498 MGA 969 MKD 807 MMK 104 MNT 496 MOP 446 MRU 929 MUR 480 MVR 462 MWK 454 MXN 484 MXV 979 MYR 458
    MZN 943 NAD 516 NGN 566 NIO 558 NOK 578 NPR 524 NZD 554 PAB 590 PEN 604 PGK 598 PHP 608 PKR 586 PLN 985 QAR 634
    RON 946 RSD 941 RUB 643 SAR 682 SBD 090 SCR 690 SDG 938 SEK 752 SGD 702 SHP 654 SLE 925 SOS 706 SRD 968 SSP 728
    STN 930 SVC 222 SYP 760 SZL 748 THB 764 TJS 972 TMT 934 TOP 776 TRY 949 TTD 780 TWD 901 TZS 834 UAH 980 USD 840
    USN 997 UYU 858 UZS 860 VED 926 VES 928 WST 882 XAD 396 XCD 951 XCG 532 YER 886 ZAR 710 ZMW 967 ZWG 924`,
  3: 'BHD 048 IQD 368 JOD 400 KWD 414 LYD 434 OMR 512 TND 788',
  4: 'CLF 990 UYW 927',
}

/** Units of list one that no amount can be counted in: precious metals, bond units, drawing rights, test and none. */
const WITHOUT_MINOR_UNIT: readonly string[] =
  'XAG XAU XBA XBB XBC XBD XDR XPD XPT XSU XTS XUA XXX'.split(' ')

/** Those that were withdrawn since 2015 (list three): code, number, decimals, and the day. Amounts in them stay readable. */
const WITHDRAWN = `ANG 532 2 2025-03-31 BGN 975 2 2026-01-01 BYR 974 0 2017-01-01 CUC 931 2 2021-06-30
  HRK 191 2 2023-01-01 LTL 440 2 2015-01-01 MRO 478 2 2018-01-01 SLL 694 2 2023-12-31 STD 678 2 2018-01-01
  VEF 937 2 2018-08-20 ZWL 932 2 2024-08-31`

/** Every currency that an amount can be in, by its code: those in use, and those that were withdrawn. */
export const currencies: ReadonlyMap<string, Currency> = new Map([
  ...Object.entries(LIST_ONE).flatMap(([decimals, list]) =>
    [...list.matchAll(/([A-Z]{3}) (\d{3})/g)].map(
      ([, code = '', number = '']): [string, Currency] => [
        code,
        { number, decimals: Number(decimals) },
      ],
    ),
  ),
  ...[...WITHDRAWN.matchAll(/([A-Z]{3}) (\d{3}) (\d) ([\d-]{10})/g)].map(
    ([, code = '', number = '', decimals, day = '']): [string, Currency] => [
      code,
      { number, decimals: Number(decimals), withdrawnAt: Date.parse(day) },
    ],
  ),
])

/** Whether the code is of a unit that has no minor unit, so that no amount of money can be in it: XAU for gold. */
export const lacksMinorUnit = (code: unknown): boolean =>
  WITHOUT_MINOR_UNIT.includes(code as string)
